/**
 * Lets the program that started a node control how its work, calls and processes, is run: for instance within an async
 * context that identifies the current work, so that an uncaught error can be attributed to one call or process.
 */

import type { ProcessFunction, ServerCallbacks } from '../../process/process.ts';

/** Runs `work` and returns its result. `what` describes the work: `call of app:report`, `process printer`. */
export type RunWork = <Result>(what: string, work: () => Result) => Result;

export function runFunction(run: RunWork | undefined, body: ProcessFunction, name = ''): ProcessFunction {
  if (run === undefined) return body;
  return (self) => run(`process ${name === '' ? self.pid.toString() : name}`, () => body(self));
}

export function runCallbacks(
  run: RunWork | undefined,
  callbacks: ServerCallbacks,
  name = 'without a name',
): ServerCallbacks {
  if (run === undefined) return callbacks;
  const what = `process ${name}`;
  return {
    onMessage: (self, message, from) => run(what, () => callbacks.onMessage(self, message, from)),
    onDemonitored: () => run(what, () => callbacks.onDemonitored?.()),
    onTerminate: (reason) => run(what, () => callbacks.onTerminate?.(reason)),
    answersSystemMessages: callbacks.answersSystemMessages === true,
    // The process traps exits if and only if this callback is present.
    ...(callbacks.onExitSignal === undefined
      ? {}
      : {
          onExitSignal: (self, from, reason) => run(what, () => callbacks.onExitSignal?.(self, from, reason)),
        }),
  };
}

export function runExposed<Exposed extends (...args: never[]) => unknown>(
  run: RunWork | undefined,
  module: string,
  functions: Readonly<Record<string, Exposed>>,
): Readonly<Record<string, Exposed>> {
  if (run === undefined) return functions;
  const entries = Object.entries(functions).map(([name, exposed]) => {
    const wrapped = (...args: never[]): unknown => run(`call of ${module}:${name}`, () => exposed(...args));
    return [name, wrapped as Exposed];
  });
  return Object.fromEntries(entries) as Record<string, Exposed>;
}
