/**
 * The line in which a node that we started reports its port on its own output, where nothing else can write before it. The
 * line comes after the link cookie is in place, so the port can be dialled immediately.
 */

import type { NodeLog } from '../../launch/node-log.ts';

const upLine = /^(?:convoy|Erlang|Elixir) node (\S+) is up on port (\d{1,5})(?!\d)/;

/** @internal The port of `node` that is reported in `line`. */
export function portIn(line: string, node: string): number | undefined {
  const [, name, digits] = upLine.exec(line) ?? [];
  const port = Number(digits);
  return name === node && port > 0 && port < 65_536 ? port : undefined;
}

/** Resolves with the port as soon as `node` reports it. Rejects with the signal's reason. */
export function reportedPort(log: NodeLog, node: string, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const take = (text: string): void => {
    const port = portIn(text, node);
    if (port !== undefined) resolve(port);
  };
  const stop = log.follow(({ text }) => take(text));
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  for (const { text } of log.lines()) take(text);
  return promise.finally(() => {
    stop();
    signal.removeEventListener('abort', onAbort);
  });
}
