/** Parses flags of the Erlang emulator in an environment variable, as `erlexec` and `init` do. Pure. */

/**
 * Splits text into words as `erlexec` does: quotes group words and are removed, and an unclosed quote extends to the end; a
 * backslash outside of quotes escapes the next character.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const isEscape = character === '\\' && at + 1 < text.length;
      if (isEscape) at += 1;
      word = (word ?? '') + text.charAt(at);
    }
  }
  return word === undefined ? words : [...words, word];
}

/** The flags on a command line of the emulator. */
export interface EmulatorFlags {
  /** The values of the first occurrence of a flag, joined by spaces. */
  first(flag: string): string | undefined;
  /** The values of every occurrence of a flag. */
  all(flag: string): readonly (readonly string[])[];
  /** The first value of a parameter of `-kernel`. */
  kernel(parameter: string): string | undefined;
}

/** Parses words as flags. Words after `-extra`, and after `--` up to the next flag, belong to the program that runs. */
export function parseEmulatorFlags(words: readonly string[]): EmulatorFlags {
  const end = words.indexOf('-extra');
  const found: { readonly flag: string; readonly values: string[] }[] = [];
  for (const word of end < 0 ? words : words.slice(0, end)) {
    if (word === '--' || /^[-+][A-Za-z]/.test(word)) found.push({ flag: word, values: [] });
    else found.at(-1)?.values.push(word);
  }
  const all = (flag: string): string[][] =>
    found.filter((one) => one.flag === flag).map(({ values }) => values);
  return {
    first: (flag) => all(flag)[0]?.join(' '),
    all,
    kernel: (parameter) =>
      all('-kernel')
        .flatMap((values) => {
          const pairs = values.map((value, at) => [value, values[at + 1]] as const);
          return pairs.filter((_, at) => at % 2 === 0);
        })
        .find(([name]) => name === parameter)?.[1],
  };
}
