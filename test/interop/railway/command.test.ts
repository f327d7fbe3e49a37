/** Nodes on a simulated Railway from the command line: `convoy up --simulate railway`, launch, list, logs, stop. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { eventually } from '../../support/eventually.ts';

test('launches, lists, reads logs and stops', async () => {
  await using convoy = await startConsoleProcess({ args: ['--simulate', 'railway'] });
  const where = ['--data-dir', convoy.dataDir];
  const run = (...words: string[]) => runConvoy([...words, ...where]);
  const refused = await run('launch', 'ts', '--provider', 'railway', '--environment', 'nowhere');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /can access no environment named nowhere[\s\S]*production/);
  const first = await run('launch', 'ts', '--provider', 'railway', '--environment', 'production');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /Create the service[\s\S]*Build its image[\s\S]*Dial the node/);
  const node = first.stdout.trim();
  assert.match(node, /^ts-1@/);
  const second = await run('launch', 'ts', 'worker', '--provider', 'railway');
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /discovered 1/);
  const list = await run('list');
  assert.match(list.stdout, /ts-1@[\s\S]*worker@/);
  await eventually('the log of the first to mention the second', 30_000, async () => {
    return /worker@\S+ is connected/.test((await run('logs', node)).stdout);
  });
  const token = readFileSync(join(convoy.dataDir, 'simulator', 'token'), 'utf8');
  for (const { stdout, stderr } of [first, second, list]) assert.ok(!(stdout + stderr).includes(token));
  assert.equal((await run('stop', node)).code, 0);
  assert.doesNotMatch((await run('list')).stdout, /ts-1@/);
});
