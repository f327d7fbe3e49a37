/** Picks a project, environment or service by name, or the only one there is. Pure. */

import { RailwayError } from './railway-error.ts';

/** Finds the item with the id or name `wanted` (case-insensitive). Throws RAILWAY_NOT_FOUND with the available ones. */
export function chooseByName<Thing extends { readonly id: string; readonly name: string }>(
  what: 'project' | 'environment' | 'service',
  wanted: string | undefined,
  things: readonly Thing[],
): Thing {
  const name = wanted?.toLowerCase();
  const found = things.filter((thing) => {
    return name === undefined || thing.id === wanted || thing.name.toLowerCase() === name;
  });
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const several = wanted === undefined ? `several ${what}s` : `several ${what}s named ${wanted}`;
  const none = `no ${what}${wanted === undefined ? '' : ` named ${wanted}`}`;
  const names = things.slice(0, 20).map((thing) => `${thing.name} (${thing.id})`);
  throw new RailwayError(
    'RAILWAY_NOT_FOUND',
    `the token can access ${first === undefined ? none : several}`,
    {
      remedy:
        names.length === 0
          ? `Give the token access to a ${what}.`
          : `Choose one, preferably by its id: ${names.join(', ')}.`,
    },
  );
}
