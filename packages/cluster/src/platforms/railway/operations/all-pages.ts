/** Reads a list of Railway page by page, in bounds: a list that never ends, or goes round, is an answer nobody can read. */

import type { Page } from './answers.ts';
import { RailwayError } from '../model/errors.ts';

const pageSize = 100;
const maxPages = 100;

/** Asks for pages until the last one; the items in the order of Railway. */
export async function allPages<Item>(
  ask: (page: { readonly first: number; readonly after?: string | undefined }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  const cursors = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await ask({ first: pageSize, after });
    for (const item of page.items) items.push(item);
    after = page.next;
    if (after === undefined) return items;
    if (cursors.has(after) || cursors.size >= maxPages) {
      throw new RailwayError(
        'RAILWAY_BAD_ANSWER',
        `Railway's list does not end after ${cursors.size + 1} pages`,
      );
    }
    cursors.add(after);
  }
}
