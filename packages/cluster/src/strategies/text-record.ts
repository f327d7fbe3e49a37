/** Parses the lists of nodes in TXT records. Pure. */

export interface TextEntry {
  /** A host, or a whole node name. */
  readonly host: string;
  readonly tags: Readonly<Record<string, string>>;
}

const maxValueLength = 64;

/** `app@10.0.0.7 version=2, app@10.0.0.8`. Words after a host are ignored unless they are one of `tags`. */
export function parseTextRecord(text: string, tags: readonly string[]): TextEntry[] {
  return text.split(',').flatMap((entry) => {
    const [host = '', ...words] = entry.trim().split(/\s+/);
    if (host === '') return [];
    const pairs = words.flatMap((word): [string, string][] => {
      const at = word.indexOf('=');
      const [name, value] = [word.slice(0, at), word.slice(at + 1)];
      return at > 0 && tags.includes(name) && value.length <= maxValueLength ? [[name, value]] : [];
    });
    return [{ host, tags: Object.fromEntries(pairs) }];
  });
}
