/** What a person is asked when an SSH server asks for something: its words come from a machine that is not trusted yet. Pure. */

const maxPromptChars = 200;

/** A plain question for a password needs no words of the server; others are shown, without what could move a cursor. */
export function passwordQuestion(hop: string, prompt: string): string {
  // Before anything looks at it: a prompt may have as many characters as a packet, and `\W*` meets `\S+` in it.
  const start = prompt.slice(0, 4 * maxPromptChars);
  if (/^\W*(?:\S+ )?password\W*$/i.test(start)) return hop;
  const shown = start.replaceAll(/\p{C}/gu, '').slice(0, maxPromptChars);
  return `${hop} (${shown.replace(/[:\s]+$/, '')})`;
}
