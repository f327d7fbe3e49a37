/** Which of the texts that nodes print are processes of theirs, to which a link can lead. Pure. */

/** The process in a text, if it is one of the node that printed it: `<0.85.0>`. Those of others do not begin with 0. */
export function pidIn(text: string): string | undefined {
  return /<0\.\d+\.\d+>/.exec(text)?.[0];
}
