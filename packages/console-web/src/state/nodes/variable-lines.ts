/** Parses the environment variables of a launch as typed: one `NAME=value` per line. */

/** The variables, or the problem of the first invalid line. Values are kept exactly as typed. */
export function parseVariables(
  text: string,
): { readonly variables: Readonly<Record<string, string>> } | { readonly problem: string } {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*?)\r?$/s.exec(line) ?? [];
    if (name === undefined) return { problem: `Line ${index + 1} does not have the form NAME=value.` };
    variables[name] = value;
  }
  return { variables };
}
