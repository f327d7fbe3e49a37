/** Several processes that want one data directory. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startConsole } from '@convoy/console';
import { startEpmdServer } from '@convoy/node/epmd';
import { DataDirectory } from '../../../packages/console/src/server/data-directory.ts';
import { findRunningConsole } from '../../../packages/console/src/server/running-console.ts';

async function inFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-data-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const source = fileURLToPath(
  new URL('../../../packages/console/src/server/data-directory.ts', import.meta.url),
);

/** Another process that opens the directory and says whether it has it. */
async function openElsewhere(path: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    const { DataDirectory } = await import(${JSON.stringify(source)});
    try {
      DataDirectory.open(${JSON.stringify(path)}).announce('http://127.0.0.1:1/');
      console.log('has it');
      process.stdin.resume();
    } catch (error) {
      console.log(error.code ?? error.stack);
    }`;
  const args = ['--conditions=@convoy/source', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, said: said.trim() };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('refuses a folder whose console runs, and takes over from one that was killed', () =>
  inFolder(async (path) => {
    const { child, said } = await openElsewhere(path);
    assert.equal(said, 'has it');
    const mine = readFileSync(join(path, 'console.json'), 'utf8');
    assert.throws(() => DataDirectory.open(path), {
      code: 'CONSOLE_ALREADY_RUNNING',
      message: new RegExp(`process ${child.pid}\\) at http://127\\.0\\.0\\.1:1/`),
    });
    assert.equal(readFileSync(join(path, 'console.json'), 'utf8'), mine);
    await end(child);
    assert.equal(findRunningConsole(path), undefined);
    const taken = DataDirectory.open(path);
    assert.throws(() => DataDirectory.open(path), { code: 'CONSOLE_ALREADY_RUNNING' });
    taken.release();
  }));

test('of many consoles that start at once at most one has the folder', () =>
  inFolder(async (path) => {
    const all = await Promise.all(Array.from({ length: 3 }, () => openElsewhere(path)));
    const said = all.map((one) => one.said);
    for (const { child } of all) if (child.exitCode === null) await end(child);
    assert.ok(said.filter((one) => one === 'has it').length <= 1, said.join());
    assert.deepEqual(
      [...new Set(said)].filter((one) => one !== 'has it'),
      ['CONSOLE_ALREADY_RUNNING'],
    );
  }));

test('a second console on the same folder is refused in words', () =>
  inFolder(async (dataDir) => {
    const epmd = await startEpmdServer({ port: 0 });
    const running = await startConsole({ port: 0, dataDir, convoyCommand: ['false'], epmdPort: epmd.port });
    try {
      // Our own process id would count as stale, so another process has to try.
      const program = `
        import { startConsole } from '@convoy/console';
        await startConsole({ port: 0, dataDir: process.argv[1], convoyCommand: ['false'] })
          .catch((error) => console.log(error.code, error.message));`;
      const args = ['--conditions=@convoy/source', '--input-type=module', '-e', program, dataDir];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
      const refused = /CONSOLE_ALREADY_RUNNING a console is already running on .* \(process \d+\) at http/;
      assert.match(stdout, refused);
    } finally {
      await running.close();
      await epmd.close();
    }
  }));
