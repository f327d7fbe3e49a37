/**
 * The module `dbg`, as far as other nodes call it here: the relay of a tracer. Nothing can be traced in a TypeScript node, and the relay says
 * nothing; but without its first message the `dbg` of the other node, and an etop that traces, would wait for it forever.
 */

import { atom, Pid, type Term, tuple } from '../../etf/index.ts';
import type { FunctionCall } from '../calls/exposed-functions.ts';
import type { ToolSource } from './erlang-module.ts';
import { badArgument, type ToolModule } from './tool-function.ts';

/** How soon it notices that the node is closing. */
const checkMs = 500;

export function dbgModule(source: ToolSource): ToolModule {
  return {
    // OTP 25
    'do_relay/2': (call, parent) => relay(source, { call, parent, hasSession: false }),
    // OTP 27 and later
    'do_relay/3': (call, _name, parent) => relay(source, { call, parent, hasSession: true }),
  };
}

interface Relay {
  readonly call: FunctionCall;
  readonly parent: Term;
  readonly hasSession: boolean;
}

/** Tells the tracer that its relay has started, and stays until the tracer ends. */
async function relay({ core }: ToolSource, { call, parent, hasSession }: Relay): Promise<Term> {
  const { runner, peer, signal } = call;
  if (!(parent instanceof Pid) || parent.node !== peer || runner === undefined) throw badArgument();
  const started = atom('started');
  const message = hasSession
    ? tuple(started, runner.pid, core.processes.makeRef())
    : tuple(started, runner.pid);
  core.send(parent, message, { from: runner.pid });
  const ended = Promise.withResolvers<void>();
  const check = (): void => {
    if (signal.aborted || core.work.isClosing) ended.resolve();
    else timer = core.clock.after(checkMs, check);
  };
  let timer = core.clock.after(checkMs, check);
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  await ended.promise;
  timer.cancel();
  return atom('ok');
}
