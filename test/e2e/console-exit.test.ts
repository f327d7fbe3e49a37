/** Nothing is left when the console ends, however it ends. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchNode } from '../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../support/console/console-process.ts';
import { eventually } from '../support/eventually.ts';
import { processesWith } from '../support/processes.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;
const reason =
  existsSync('/usr/bin/elixir') || process.env['CI'] !== undefined
    ? false
    : 'no Elixir: apt-get install elixir';

/** Launches one node of each kind and returns the ids of every process that carries this console's EPMD port. */
async function launchAll(convoy: ConsoleProcess): Promise<number[]> {
  await Promise.all(kinds.map((kind) => launchNode(convoy, kind)));
  const children = processesWith(`ERL_EPMD_PORT=${convoy.epmdPort}`).filter(
    (id) => id !== convoy.process.pid,
  );
  assert.ok(children.length >= kinds.length, `three nodes run, found ${children.length} processes`);
  return children;
}

function left(convoy: ConsoleProcess): number[] {
  return processesWith(`ERL_EPMD_PORT=${convoy.epmdPort}`).filter((id) => id !== process.pid);
}

test('after SIGTERM, all launched nodes are gone within 5 s', { skip: reason }, async () => {
  await using convoy = await startConsoleProcess();
  await launchAll(convoy);
  convoy.process.kill('SIGTERM');
  await eventually('all nodes to go', 5000, () => left(convoy).length === 0);
});

test('after SIGKILL, all launched nodes are gone within 20 s', { skip: reason }, async () => {
  await using convoy = await startConsoleProcess();
  await launchAll(convoy);
  convoy.process.kill('SIGKILL');
  await once(convoy.process, 'exit');
  await eventually('all nodes to go', 20_000, () => left(convoy).length === 0);
});

test('no secret is in any argument list', { skip: reason }, async () => {
  await using convoy = await startConsoleProcess();
  const children = await launchAll(convoy);
  const secrets = ['cookie', 'token']
    .map((name) => join(convoy.dataDir, name))
    .filter((file) => existsSync(file));
  assert.ok(secrets.length > 0, 'the data directory holds the secrets as files');
  for (const id of [...children, convoy.process.pid]) {
    const argv = readFileSync(`/proc/${id}/cmdline`, 'utf8');
    for (const file of secrets)
      assert.ok(!argv.includes(readFileSync(file, 'utf8').trim()), `${file} in argv of ${id}`);
  }
});
