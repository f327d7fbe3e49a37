/** Acts on one process of a node. */

import { type Term, tuple, atom } from '@convoy/node/etf';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { localPid, text, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { collectBody, killBody } from './act-program.ts';
import { type CollectOutcome, type KillOutcome, readCollect, readKill } from './read-acts.ts';

interface ProcessAct {
  readonly pid: string;
  readonly options?: InspectOptions | undefined;
}

export async function killProcess(
  asker: Asker,
  node: string,
  { pid, options = {} }: ProcessAct,
): Promise<InspectAnswer<KillOutcome>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const bindings = { Target: target(localPid(pid)) };
  const answer = await askNode(asker, { node, body: killBody, bindings, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, readKill);
}

export async function collectProcess(
  asker: Asker,
  node: string,
  { pid, options = {} }: ProcessAct,
): Promise<InspectAnswer<CollectOutcome>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const bindings = { Target: target(localPid(pid)) };
  const answer = await askNode(asker, {
    node,
    body: collectBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, readCollect);
}

/** A process by its pid or its registered name. */
export function target(value: string): Term {
  if (!value.startsWith('<')) return tuple(atom('name'), text('to', value, 255));
  return tuple(
    atom('pid'),
    Array.from(localPid(value), (character) => character.charCodeAt(0)),
  );
}
