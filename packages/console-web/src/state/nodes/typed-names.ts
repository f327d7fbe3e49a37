/** Says what is wrong with a name while it is typed, in the words of the form. The console checks it again. Pure. */

const mostCharacters = 63;
const mostRegionCharacters = 60;

/** Why this cannot be the name of a node to launch; `undefined` if it can, or if nothing is typed. */
export function nodeNameProblem(typed: string): string | undefined {
  const name = typed.trim();
  if (name === '') return undefined;
  if (name.includes('@')) return 'Type only the part before the @; the console adds the host.';
  if (!/^[a-z]/i.test(name)) return `A name starts with a letter from a to z, not with ${shown(name)}.`;
  const [wrong] = /[^A-Za-z0-9_-]/u.exec(name) ?? [];
  if (wrong !== undefined) return `A name cannot contain ${shown(wrong)}: only letters, digits, - and _.`;
  if (name.length <= mostCharacters) return undefined;
  return `A name has at most ${mostCharacters} characters; this one has ${name.length}.`;
}

/** Why this cannot be the name of a region of Railway; `undefined` if it can, or if nothing is typed. */
export function regionProblem(typed: string): string | undefined {
  const [wrong] = /[^a-z0-9-]/u.exec(typed.trim()) ?? [];
  if (wrong !== undefined)
    return `A region cannot contain ${shown(wrong)}: only small letters, digits and -, as in europe-west4.`;
  if (typed.trim().length <= mostRegionCharacters) return undefined;
  return `A region has at most ${mostRegionCharacters} characters.`;
}

function shown(text: string): string {
  const [first = ''] = text;
  return /\s/.test(first) ? 'a space' : `“${first}”`;
}
