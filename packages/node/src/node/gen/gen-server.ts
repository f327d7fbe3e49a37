/**
 * Serves gen calls and casts in TypeScript, so that Erlang and Elixir see an ordinary gen server: `GenServer.call`,
 * `GenServer.cast`, plain messages and `:sys`. State lives in the closures of the callbacks.
 */

import type { Pid } from '../../etf/index.ts';
import type { ServerCallbacks, SpawnOptions } from '../../process/process.ts';
import type { GenCallbacks } from './gen-callbacks.ts';
import { GenServerLoop } from './gen-server-loop.ts';

/** Something that can start a server process: a `Node`. */
export interface ServerHost {
  /** Whether callers on third nodes get no answer. Default false. */
  readonly isolated?: boolean;
  /** Whether it is closing, and takes no more calls of other nodes. Default false. */
  readonly isClosing?: boolean;
  /** Delays its end until `work` has settled, within the time it has for closing. */
  delayClose?(work: Promise<unknown>): void;
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
}

/**
 * Starts a gen server registered as `name` on this node, or unregistered if `name` is `undefined`. Calls without a
 * callback are refused: they end at once with an exit. System messages (`sys:get_state`, `get_status`, `suspend`, `resume`, `terminate`) are
 * answered as every OTP process answers them. Throws `NodeError` PROCESS_NAME_TAKEN.
 *
 * @example
 * let count = 0;
 * serveGenServer(node, 'counter', { call: (request) => (request === atom('next') ? ++count : count) });
 * // iex> GenServer.call({:counter, :"web@127.0.0.1"}, :next)
 */
export function serveGenServer(host: ServerHost, name: string | undefined, callbacks: GenCallbacks): Pid {
  const loop = new GenServerLoop({
    isIsolated: host.isolated === true,
    isClosing: () => host.isClosing === true,
    onCall: (answer) => host.delayClose?.(answer),
    name,
    callbacks,
  });
  const server: ServerCallbacks = {
    onMessage: (self, message) => loop.handle(self, message),
    onTerminate: (reason) => callbacks.terminate?.(reason),
    answersSystemMessages: true,
  };
  return host.spawnServer(server, { name });
}
