/** The TypeScript of Markdown pages. */

import { globSync, readFileSync } from 'node:fs';

export interface Snippet {
  /** Path of the page in the repository. */
  readonly page: string;
  /** Which one of its page, from 0. */
  readonly index: number;
  /** Where it begins. */
  readonly line: number;
  readonly code: string;
}

const pages = ['README.md', 'packages/*/README.md', 'docs/*.md', 'docs/guide/*.md', 'docs/protocol/*.md'];

/** Every snippet of the pages that users read. */
export function allSnippets(): Snippet[] {
  return globSync(pages)
    .sort()
    .flatMap((page) => {
      const text = readFileSync(page, 'utf8');
      return Array.from(
        text.matchAll(/^```(?:ts|js|typescript|javascript)\n(.*?)^```/gms),
        (match, index) => ({
          page,
          index,
          line: text.slice(0, match.index).split('\n').length,
          code: match[1] ?? '',
        }),
      );
    });
}
