/** `convoy audit`, with a console that runs, and with one that was killed before. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endProcess } from '../../support/child-process.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { runConvoy } from '../../support/convoy-command.ts';

describe('convoy audit', () => {
  test('shows what was done, the newest last, also by a console that was killed', async () => {
    await using first = await startConsoleProcess();
    const { dataDir } = first;
    const client = new ConsoleClient(first.url);
    for (const name of ['none-1@127.0.0.1', 'none-2@127.0.0.1'])
      await client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
    await endProcess(first.process, 'SIGKILL');

    await using second = await startConsoleProcess({ args: ['--data-dir', dataDir] });
    await new ConsoleClient(second.url).ask('/api/nodes/none-3@127.0.0.1', { method: 'DELETE' });
    const shown = await runConvoy(['audit', '--act', 'node', '--data-dir', dataDir]);
    assert.equal(shown.code, 0, shown.stderr);
    const [head, ...lines] = shown.stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^TIME +ACT +ACTOR +NODE +DETAIL$/);
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/).slice(1).join(' ')),
      [1, 2, 3].map((number) => `node.delete token (127.0.0.1) none-${number}@127.0.0.1`),
    );

    const page = await runConvoy([
      'audit',
      '--node',
      'none-3',
      '--limit',
      '1',
      '--data-dir',
      dataDir,
      '--json',
    ]);
    const { entries, next } = JSON.parse(page.stdout);
    assert.deepEqual([entries.length, entries[0].node, next], [1, 'none-3@127.0.0.1', undefined]);
    const newest = await runConvoy(['audit', '--limit', '1', '--data-dir', dataDir]);
    assert.match(newest.stderr, /There are older entries: add --before \d+ to see them/);
  });

  test('says what is wrong with a condition', async () => {
    await using running = await startConsoleProcess();
    const { dataDir } = running;
    const none = await runConvoy(['audit', '--node', 'nowhere', '--data-dir', dataDir]);
    assert.equal(none.stdout, 'No entry of the audit log matches.\n');
    const wrong = await runConvoy(['audit', '--from', 'yesterday', '--data-dir', dataDir]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /from: must be a day \(2026-12-01, in UTC\) or a time with its zone/);
    assert.equal((await runConvoy(['audit', '--limit', '0', '--data-dir', dataDir])).code, 2);
  });
});
