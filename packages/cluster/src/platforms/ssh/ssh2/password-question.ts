/** The question shown to the user when an SSH server asks for something. Its prompt is not trusted yet. Pure. */

const maxPromptChars = 200;

/** The hop for a plain password prompt; for other prompts also the server's text, without control characters. */
export function passwordQuestion(hop: string, prompt: string): string {
  // Cut before matching: a prompt can fill a packet, and `\W*` and `\S+` can match the same characters.
  const start = prompt.slice(0, 4 * maxPromptChars);
  if (/^\W*(?:\S+ )?password\W*$/i.test(start)) return hop;
  const shown = start.replaceAll(/\p{C}/gu, '').slice(0, maxPromptChars);
  return `${hop} (${shown.replace(/[:\s]+$/, '')})`;
}
