/** `convoy backup` and `convoy restore`, with a console that runs. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { endProcess } from '../../support/child-process.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { runConvoy } from '../../support/convoy-command.ts';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-backup-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('convoy backup and convoy restore', () => {
  test('carry a console that runs to another directory: same link, same node', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'convoy.backup');
      const other = join(folder, 'other');
      await using first = await startConsoleProcess();
      const client = new ConsoleClient(first.url);
      const { node } = (await client.ask('/api/info')).json;

      const made = await runConvoy(['backup', file, '--data-dir', first.dataDir]);
      assert.equal(made.code, 0, made.stderr);
      const { size } = statSync(file);
      assert.equal(made.stdout, `${first.dataDir} is backed up in ${file} (${size} bytes)\n`);
      assert.match(made.stderr, /The backup contains secrets/);
      assert.equal(statSync(file).mode & 0o777, 0o600);

      const again = await runConvoy(['backup', file, '--data-dir', first.dataDir, '--json']);
      assert.equal(again.code, 1);
      assert.equal(JSON.parse(again.stdout).error.code, 'CONSOLE_BACKUP_FAILED');

      const refused = await runConvoy(['restore', file, '--data-dir', first.dataDir]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /a console is already running on .*\[CONSOLE_ALREADY_RUNNING\]/);
      await endProcess(first.process, 'SIGTERM');

      const restored = await runConvoy(['restore', file, '--data-dir', other, '--json']);
      assert.equal(restored.code, 0, restored.stderr);
      assert.deepEqual(JSON.parse(restored.stdout), { dataDir: other, file, previous: null, nodes: 0 });
      await using second = await startConsoleProcess({ args: ['--data-dir', other] });
      const moved = new ConsoleClient(second.url);
      assert.equal(moved.token, client.token);
      assert.equal((await moved.ask('/api/info')).json.node, node);
    }));

  test('print what to do next, and what went wrong in one sentence', () =>
    inFolder(async (folder) => {
      const dataDir = join(folder, 'state');
      const none = await runConvoy(['backup', join(folder, 'backup'), '--data-dir', dataDir]);
      assert.equal(none.code, 1);
      assert.match(
        none.stderr,
        /^convoy: there is no store in \S+ \[CONSOLE_BACKUP_FAILED\]\n {2}\S.*--data-dir/s,
      );
      assert.ok(!existsSync(dataDir));
      const lost = await runConvoy(['restore', join(folder, 'backup'), '--data-dir', dataDir]);
      assert.match(lost.stderr, /the backup \S+ does not exist \[CONSOLE_BACKUP_FAILED\]/);
      assert.deepEqual(readdirSync(folder), []);
      assert.equal((await runConvoy(['backup'])).code, 2);
    }));
});
