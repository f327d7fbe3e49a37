/** Names of nodes that are launched together: the `%` of a pattern becomes a number that no other node has. Pure. */

import { nodeNameProblem } from '../nodes/typed-names.ts';

/** Why this cannot be the name, or the pattern of the names, of `count` nodes; `undefined` if it can, or if nothing is typed. */
export function namePatternProblem(typed: string, count: number): string | undefined {
  const pattern = typed.trim();
  if (pattern === '') return undefined;
  const signs = pattern.split('%').length - 1;
  if (signs > 1) return 'A name can contain only one %, which becomes a number.';
  const problem = nodeNameProblem(pattern.replace('%', String(Math.max(count, 1))));
  if (problem !== undefined) return problem;
  if (count > 1 && signs === 0)
    return `${count} nodes need different names: add a %, which becomes a number, as in ${pattern}-%.`;
  return undefined;
}

/**
 * The names of `count` nodes, counted from 1 past those that are `taken`. Without a pattern the console chooses them, and each
 * is `undefined`.
 */
export function namesFor(
  typed: string,
  count: number,
  taken: ReadonlySet<string>,
): readonly (string | undefined)[] {
  const pattern = typed.trim();
  if (pattern === '') return Array.from({ length: count }, () => undefined);
  if (!pattern.includes('%')) return [pattern];
  const names: string[] = [];
  for (let number = 1; names.length < count; number += 1) {
    const name = pattern.replace('%', String(number));
    if (!taken.has(name)) names.push(name);
  }
  return names;
}
