/** `convoy audit`: searches the audit log of the console. */

import type { Command } from 'commander';
import type { AuditEntry } from '@convoy/console/protocol';
import { parseCount, withSettings } from '../../options/config.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';
import { formatTable, note, printResult } from '../../output.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';

interface AuditOptions extends ConsoleOptions {
  readonly node?: string;
  readonly act?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly limit?: string;
}

/** As a table, the newest entry last, as in a log. */
function formatEntries(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'No entry of the audit log matches.';
  const rows = entries.map(({ at, event, actor, address, node = '', detail }) => [
    at,
    event,
    address === '' ? actor : `${actor} (${address})`,
    node,
    Object.entries(detail)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  return formatTable([['TIME', 'ACT', 'ACTOR', 'NODE', 'DETAIL'], ...rows.reverse()]);
}

async function runAudit(flags: AuditOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir']);
  const { node, act, actor, from, to, before } = options;
  const limit = String(parseCount(options.limit ?? '100', '--limit', [1, 1000]));
  const ask = await clientOf(options);
  const page = await ask('GET /api/audit', { query: { node, act, actor, from, to, before, limit } });
  printResult(options, page, formatEntries(page.entries));
  if (options.json !== true && page.next !== undefined)
    note(`There are older entries: add --before ${page.next} to see them.`);
}

export function configureAudit(command: Command): void {
  command
    .option('--node <node>', 'only entries about this node: its id, or the part of its name before the @')
    .option('--act <act>', 'only this act, e.g. node.launch, or all that begin alike, e.g. node')
    .option('--actor <actor>', 'only entries of this actor: the label of a session, or token for the command')
    .option('--from <time>', 'only entries from this time on: 2026-12-01 (UTC) or 2026-12-01T10:00:00Z')
    .option('--to <time>', 'only entries before this time')
    .option('--before <page>', 'the page before: what the last answer has named')
    .option('--limit <count>', 'maximum number of entries, the newest ones (else 100)');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy audit --node worker-1',
    'convoy audit --act login.refused --from 2026-12-01 --json',
  );
  command.action((options: AuditOptions) => guarded(options, () => runAudit(options)));
}
