/** A restore that is killed, at moments that it cannot choose. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { backUpConsole } from '@convoy/console/backup';
import { openSavedState } from '../../../packages/console/src/saved-state/open-saved-state.ts';
import { storeFile } from '../../../packages/console/src/saved-state/open-store.ts';
import { openSqliteStore } from '../../../packages/console/src/store/sqlite/open-sqlite.ts';
import { endWithUs } from '../../support/child-process.ts';
import { runsOf } from '../../support/extent.ts';

const source = fileURLToPath(new URL('../../../packages/console/src/backup/index.ts', import.meta.url));
const names = ['convoy-aaaaaaaa@127.0.0.1', 'convoy-bbbbbbbb@127.0.0.1'] as const;

/** Restores one backup after the other, and prints a line after each. */
const restorer = (dataDir: string, files: readonly string[]): string => `
  const { restoreConsole } = await import(${JSON.stringify(source)});
  for (;;) {
    for (const file of ${JSON.stringify(files)}) {
      await restoreConsole({ dataDir: ${JSON.stringify(dataDir)}, file });
      process.stdout.write('restored\\n');
    }
  }`;

/** A backup of a console whose node has this name. */
async function makeBackup(folder: string, node: string): Promise<string> {
  const dataDir = mkdtempSync(join(folder, 'source-'));
  const store = await openSqliteStore(storeFile(dataDir));
  await store.identity.save({ id: node.slice(7, 15), node });
  await store.close();
  const file = `${dataDir}.backup`;
  await backUpConsole({ dataDir, file });
  return file;
}

async function restoreAndKill(program: string, restores: number): Promise<void> {
  const args = ['--conditions=@convoy/source', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(child);
  let count = 0;
  createInterface({ input: child.stdout }).on('line', () => {
    count += 1;
    if (count >= restores) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
}

test('a restore that is killed leaves the state before it or the restored one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-restore-'));
  try {
    const files = [await makeBackup(folder, names[0]), await makeBackup(folder, names[1])];
    const path = join(folder, 'state');
    for (let round = 0; round < runsOf(16); round += 1) {
      await restoreAndKill(restorer(path, files), 1 + Math.floor(Math.random() * 10));
      const state = await openSavedState({
        path,
        token: 'a-token-of-some-length',
        sessionKey: { value: 'the-key', file: join(path, 'session-key') },
        logger: { warn: () => undefined },
      });
      assert.ok(names.some((name) => name === state.identity.node));
      await state.close();
      const drafts = readdirSync(path).filter((name) => /^store\.sqlite./.test(name));
      assert.deepEqual(drafts, [], 'no copy of the secrets is left');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
