/** OpenSSH patterns (ssh_config(5), PATTERNS): `*`, `?` and lists with `!`. Pure; case is ignored. */

/** Whether a list matches the text. A matching `!pattern` excludes it, whatever the other patterns match. */
export function matchesList(patterns: readonly string[], text: string): boolean {
  const isExcluded = patterns.some(
    (pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), text),
  );
  return !isExcluded && patterns.some((pattern) => matchesPattern(pattern, text));
}

/** Whether a pattern matches the text. Backtracks to the last `*` only, so a hostile pattern cannot take exponential time. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, star, retry] = [0, -1, 0];
  let position = 0;
  while (position < given.length) {
    const char = wanted[at];
    if (char === '*') {
      [star, retry] = [at, position];
      at += 1;
    } else if (char === '?' || char === given[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      position = retry;
    } else return false;
  }
  return /^\**$/.test(wanted.slice(at));
}
