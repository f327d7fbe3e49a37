/** Reads a list from Railway page by page, within limits: a list that is endless or circular is an error. */

import type { Page } from './answers.ts';
import { RailwayError } from '../model/railway-error.ts';

const pageSize = 100;
const maxPages = 100;

/** Queries all pages and returns their items in Railway's order. */
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
        `the list from Railway did not end after ${cursors.size + 1} pages`,
        { remedy: 'Try again; a newer version of Convoy may support a newer API.' },
      );
    }
    cursors.add(after);
  }
}
