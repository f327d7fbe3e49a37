/**
 * Ends evaluators of IEx that a dropped connection has left running: the shell goes with its link, a busy evaluator
 * does not. Those of a session of this process are known by pid; those of an earlier incarnation of this node are found
 * by their group leader, which no longer exists.
 */
import { atom, atomName, Pid, type Term, Tuple } from '@convoy/node/etf';
import type { ReplHost } from './repl.ts';

/** All evaluators of IEx on a node with their group leaders. Evaluated on the node; nothing is loaded there. */
const findEvaluators = `[{P, element(2, process_info(P, group_leader))} ||
  P <- erlang:processes(),
  {dictionary, D} <- [process_info(P, dictionary)],
  {'$initial_call', {'Elixir.IEx.Evaluator', init, _}} <- D].`;

const sweepTimeoutMs = 15_000;

/** The evaluators whose group leader was on an earlier incarnation of `self`. */
export async function findOrphanedEvaluators(
  host: ReplHost,
  self: { readonly name: string; readonly creation: number },
): Promise<Pid[]> {
  const found = await evaluate(host, findEvaluators);
  if (!Array.isArray(found)) return [];
  return (found as readonly Term[]).flatMap((pair) => {
    const [evaluator, leader] = pair instanceof Tuple ? pair.elements : [];
    if (!(evaluator instanceof Pid) || !(leader instanceof Pid)) return [];
    return leader.node === self.name && leader.creation !== self.creation ? [evaluator] : [];
  });
}

async function evaluate(host: ReplHost, source: string): Promise<Term> {
  const characters = Array.from(source, (character) => character.codePointAt(0) ?? 0);
  const scanned = await host.call({ module: 'erl_scan', function: 'string', args: [characters] });
  const parsed = await host.call({ module: 'erl_parse', function: 'parse_exprs', args: [second(scanned)] });
  const evaluated = await host.call({
    module: 'erl_eval',
    function: 'exprs',
    args: [second(parsed), []],
    timeoutMs: sweepTimeoutMs,
  });
  return second(evaluated);
}

function second(result: Term): Term {
  const ok = result instanceof Tuple && ['ok', 'value'].includes(atomName(result.at(0)) ?? '');
  if (!ok) throw new TypeError('the node could not evaluate the search for evaluators');
  return result.at(1);
}

/** Ends a process of the target whatever it does; harmless when it is gone. */
export async function killProcess(host: ReplHost, pid: Pid): Promise<void> {
  await host.call({ module: 'erlang', function: 'exit', args: [pid, atom('kill')] });
}
