/** Flags of the Erlang emulator in an environment variable, read as `erlexec` and `init` do. Pure. */

/**
 * Words as `erlexec` splits them: quotes hold words together and go, an open one goes to the end; a backslash outside of quotes
 * takes the next character as it is.
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

export interface EmulatorFlags {
  /** The values of a flag in one text, where it stands first. */
  first(flag: string): string | undefined;
  /** The values of a flag, each time it stands there. */
  all(flag: string): readonly (readonly string[])[];
  /** A parameter of `-kernel`, where it stands first. */
  kernel(parameter: string): string | undefined;
}

/** What comes after `-extra`, and after `--` up to the next flag, is for the program that runs. */
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
