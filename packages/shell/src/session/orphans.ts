/**
 * Evaluators that may still run on a node after its connection was lost, and ending them when it is back. Kept per node
 * of ours. What an earlier run of this program left behind is looked for once per target.
 */
import type { Node } from '@convoy/node';
import { atom, type Pid, termKey } from '@convoy/node/etf';
import type { ReplHost } from '../repl/repl.ts';
import { findOrphanedEvaluators, killProcess } from '../repl/sweep.ts';

interface Orphanage {
  readonly known: Map<string, Pid>;
  /** Targets that have been searched. */
  readonly searched: Set<string>;
}

const orphanages = new WeakMap<Node, Orphanage>();
const maxKnown = 1000;

function orphanageOf(node: Node): Orphanage {
  let found = orphanages.get(node);
  if (found === undefined) {
    found = { known: new Map(), searched: new Set() };
    orphanages.set(node, found);
    node.onNodeUp((name) => killKnown(node, name));
  }
  return found;
}

/** Notes an evaluator whose session ended by a lost connection. It is killed when its node is connected again. */
export function noteOrphan(node: Node, evaluator: Pid): void {
  const { known } = orphanageOf(node);
  if (known.size < maxKnown) known.set(termKey(evaluator), evaluator);
  if (node.list('connected').includes(evaluator.node)) killKnown(node, evaluator.node);
}

function killKnown(node: Node, target: string): void {
  const { known } = orphanageOf(node);
  for (const [key, evaluator] of known) {
    if (evaluator.node !== target) continue;
    known.delete(key);
    // A process of an earlier incarnation of the target has another creation: the signal hits nobody.
    node.exit(evaluator, atom('kill'));
  }
}

/** Ends what an earlier incarnation of our node left on the target. Searches each target once. */
export async function sweepTarget(node: Node, host: ReplHost): Promise<number> {
  const { searched } = orphanageOf(node);
  if (searched.has(host.target)) return 0;
  searched.add(host.target);
  const orphans = await findOrphanedEvaluators(host, { name: node.name, creation: node.creation });
  for (const orphan of orphans) await killProcess(host, orphan);
  return orphans.length;
}
