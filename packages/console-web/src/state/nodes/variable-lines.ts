/** Variables of a launch as a person types them: one `NAME=value` a line. */

/** The variables, or what is wrong with the first line that is not one. The values are taken as they stand. */
export function parseVariables(
  text: string,
): { readonly variables: Readonly<Record<string, string>> } | { readonly problem: string } {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*?)\r?$/s.exec(line) ?? [];
    if (name === undefined) return { problem: `Line ${index + 1} is not of the form NAME=value.` };
    variables[name] = value;
  }
  return { variables };
}
