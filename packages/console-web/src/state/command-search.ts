/** Fuzzy search over commands. Pure. */

/** How well typed letters match a text in order; lower is better, `undefined` means no match. Starts of words match best, gaps cost. */
export function fitOf(text: string, typed: string): number | undefined {
  const where = text.toLowerCase();
  let cost = 0;
  for (const word of typed.toLowerCase().split(/\s+/)) {
    const at = where.indexOf(word);
    if (at >= 0) {
      cost += at === 0 || /\W/.test(where[at - 1] ?? '') ? 0 : 10;
      continue;
    }
    const loose = looseFit(where, word);
    if (loose === undefined) return undefined;
    cost += loose;
  }
  return cost;
}

function looseFit(text: string, letters: string): number | undefined {
  let from = 0;
  let cost = 20;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return undefined;
    cost += at - from;
    from = at + 1;
  }
  return cost;
}

export function searchCommands<Found extends { readonly text: string }>(
  commands: readonly Found[],
  typed: string,
): readonly Found[] {
  if (typed.trim() === '') return commands;
  return commands
    .flatMap((command) => {
      const fit = fitOf(command.text, typed.trim());
      return fit === undefined ? [] : [{ command, fit }];
    })
    .sort((a, b) => a.fit - b.fit)
    .map(({ command }) => command);
}
