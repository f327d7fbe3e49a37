/** Processes of a TypeScript node and of an Erlang node, and what they send each other. */

import assert from 'node:assert/strict';
import {
  atom,
  equals,
  inspect,
  type Node,
  Pid,
  type Process,
  type Reference,
  type Term,
  tuple,
} from '@convoy/node';
import type { ErlangPair } from '../../support/erlang/erlang-pair.ts';

export const deadlineMs = 60_000;

/** Runs a function in a process of the node and returns its result. */
export function inProcess<Result>(node: Node, body: (self: Process) => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    node.spawn(async (self) => {
      await body(self).then(resolve, reject);
    });
  });
}

export function next(self: Process): Promise<Term> {
  return self.receive({ timeoutMs: deadlineMs });
}

async function nextPid(self: Process): Promise<Pid> {
  const message = await next(self);
  assert.ok(message instanceof Pid, `${inspect(message)} is not a pid`);
  return message;
}

export function downOf(ref: Reference, what: Term, reason: Term): Term {
  return tuple(atom('DOWN'), ref, atom('process'), what, reason);
}

export function exitOf(pid: Pid, reason: Term): Term {
  return tuple(atom('EXIT'), pid, reason);
}

export function assertTerm(actual: Term, expected: Term): void {
  assert.ok(equals(actual, expected), `${inspect(actual)} instead of ${inspect(expected)}`);
}

/** Starts processes on the Erlang node that send their pid to `box` and then run `body`, Erlang expressions. */
export function spawnerOf(scene: ErlangPair): (self: Process, body: string) => Promise<Pid> {
  return async (self, body) => {
    scene.node.processes.unregister('box');
    scene.node.register('box', self.pid);
    await scene.run(`spawn(fun() -> {box, '${scene.us}'} ! self(), ${body} end)`);
    return nextPid(self);
  };
}
