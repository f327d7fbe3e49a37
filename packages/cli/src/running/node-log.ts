/**
 * Logs the events of a node on standard error: peers that connect and disconnect, refused connections and unsupported requests.
 * Repeated attempts by a stranger produce a few lines and a count, not a full disk.
 */

import { HandshakeError, type Node, type NodeEventName, type NodeEvents, subscribeEvent } from '@convoy/node';
import { errorLine, note } from '../output.ts';

const windowMs = 10_000;
const linesPerWindow = 10;

/** Prints a few lines in each window of time and counts the others. `now` is in milliseconds. */
export class LineLimiter {
  readonly #print: (line: string) => void;
  #windowStart = -Infinity;
  #lines = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  write(line: string, now: number): void {
    if (now - this.#windowStart >= windowMs) {
      const dropped = this.#lines - linesPerWindow;
      if (dropped > 0) this.#print(`(${dropped} more lines like the ones before)`);
      this.#windowStart = now;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines <= linesPerWindow) this.#print(line);
  }
}

/**
 * Whether a visitor of the command has learned the name of the node and hung up, before any proof of a cookie: `convoy nodes` and bare names
 * do that once for a node whose host part is not 127.0.0.1. The visitor's user sees the name.
 */
function isVisitorWithAnotherName(peer: string | undefined, error: unknown): boolean {
  if (!(error instanceof HandshakeError) || peer === undefined) return false;
  const hungUp = error.code === 'HANDSHAKE_CLOSED' && error.phase === 'challenge_reply';
  return hungUp && /^convoy_[0-9a-f]{12}@/.test(peer);
}

type Formats = { readonly [Name in NodeEventName]?: (event: NodeEvents[Name]) => string | undefined };

/** The log line for an event of docs/events.md; `undefined` for events that are not logged. */
const formats: Formats = {
  'convoy:handshake.refused': ({ direction, peer, address, error }) =>
    direction === 'in' && !isVisitorWithAnotherName(peer, error)
      ? `refused a connection from ${peer ?? address ?? 'a stranger'}: ${errorLine(error)}`
      : undefined,
  'convoy:request.unsupported': ({ node, peer, request }) => {
    // The first requests of `iex --remsh` and `erl -remsh`.
    const isRemoteShell = /^(?:code:ensure_loaded\('Elixir\.IEx'|'Elixir\.IEx':|shell:start\()/.test(request);
    const why = isRemoteShell
      ? `a TypeScript node cannot run a remote Elixir or Erlang shell (open its own with \`convoy shell ${node}\`)`
      : 'only exposed functions can be called';
    return `refused ${request.replace(/ by <[^<>]*>$/, '')} from ${peer}: ${why}`;
  },
  'convoy:registration': ({ state }) => {
    if (state === 'lost') return 'lost the connection to EPMD; registering again as soon as it answers';
    return state === 'restored' ? 'registered with EPMD again' : undefined;
  },
};

/** Logs the events of `node`, by default on standard error. Returns a function that stops the logging. */
export function logNodeEvents(node: Node, print: (line: string) => void = note): () => void {
  const stops = [
    node.onNodeUp((name, { visible }) => print(`${name} is connected${visible ? '' : ' (hidden)'}`)),
    node.onNodeDown((name, reason) => print(`${name} is gone: ${reason}`)),
    ...(Object.keys(formats) as NodeEventName[]).map((name) => followEvents(name, node.name, print)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function followEvents(name: NodeEventName, node: string, print: (line: string) => void): () => void {
  const limiter = new LineLimiter(print);
  const format = formats[name] as ((event: NodeEvents[NodeEventName]) => string | undefined) | undefined;
  return subscribeEvent(name, (event) => {
    const line = event.node === node ? format?.(event) : undefined;
    if (line !== undefined) limiter.write(line, performance.now());
  });
}
