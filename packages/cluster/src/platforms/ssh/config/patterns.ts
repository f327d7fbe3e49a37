/** Patterns of OpenSSH (ssh_config(5), PATTERNS): `*`, `?` and lists with `!`. Pure; case counts for nothing. */

/** Whether a list takes the text. One `!pattern` that matches refuses it, whatever the others say. */
export function matchesList(patterns: readonly string[], text: string): boolean {
  const isRefused = patterns.some(
    (pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), text),
  );
  return !isRefused && patterns.some((pattern) => matchesPattern(pattern, text));
}

/** Walks the text once, going back to the last `*` only: a hostile pattern costs no exponential time. */
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
