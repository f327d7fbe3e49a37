/** The global names of a TypeScript shell, in addition to those of the platform and of the program. */

import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Node } from '@convoy/node';
import { atom, float, type Pid, tuple } from '@convoy/node/etf';

export interface ShellScopeOptions {
  readonly node: Node;
  readonly self: Pid;
  readonly print: (text: string) => void;
  readonly exit: () => void;
  /** Called for an error in a timer callback. */
  readonly onError: (error: unknown) => void;
  readonly more: Readonly<Record<string, unknown>>;
}

export function createShellScope(options: ShellScopeOptions): Record<string, unknown> {
  const { node, self, print, exit, onError, more } = options;
  const output = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      print(String(chunk));
      done();
    },
  });
  return {
    node,
    self,
    atom,
    tuple,
    float,
    exit,
    console: new Console({ stdout: output, stderr: output, colorMode: false }),
    ...guardedTimers(onError),
    ...more,
  };
}

type Callback = (...args: unknown[]) => unknown;

/** Timers whose errors are printed in the shell; otherwise they would end the whole program. */
function guardedTimers(onError: (error: unknown) => void): Record<string, unknown> {
  const guard =
    (callback: Callback): Callback =>
    (...args) => {
      try {
        return callback(...args);
      } catch (error) {
        onError(error);
        return undefined;
      }
    };
  return {
    setTimeout: (callback: Callback, ...rest: [number?, ...unknown[]]) =>
      setTimeout(guard(callback), ...rest),
    setInterval: (callback: Callback, ...rest: [number?, ...unknown[]]) =>
      setInterval(guard(callback), ...rest),
    setImmediate: (callback: Callback, ...rest: unknown[]) => setImmediate(guard(callback), ...rest),
    queueMicrotask: (callback: Callback) => queueMicrotask(guard(callback)),
  };
}
