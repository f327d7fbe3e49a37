/** The lines that the console has stored of a node. */

import type { LogLine, LogQuery } from '@convoy/console/protocol';
import type { ConsoleClient } from '../console-client.ts';

/** As many as the console answers with at once. */
const pageLines = 2000;

/** What is asked of the log of a node. */
export interface StoredRequest {
  /** Id of the node. */
  readonly name: string;
  readonly count: number;
  readonly query: Omit<LogQuery, 'lines' | 'before' | 'after'>;
}

/** The last lines that match, the oldest first, and the number of the last line of the log, whether it matches or not. */
export async function storedLines(
  ask: ConsoleClient,
  { name, count, query }: StoredRequest,
): Promise<{ readonly lines: readonly LogLine[]; readonly lastSeq: number }> {
  const params = { name };
  const [last] = await ask('GET /api/nodes/:name/logs', { params, query: { lines: '1' } });
  const lastSeq = last?.seq ?? 0;
  let lines: LogLine[] = [];
  for (let before = lastSeq + 1; lines.length < count;) {
    const wanted = Math.min(pageLines, count - lines.length);
    const page = await ask('GET /api/nodes/:name/logs', {
      params,
      query: { ...query, lines: String(wanted), before: String(before) },
    });
    lines = [...page, ...lines];
    if (page.length < wanted) break;
    before = page[0]?.seq ?? 0;
  }
  return { lines, lastSeq };
}
