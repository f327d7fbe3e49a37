/** The console uses a running EPMD, or starts its own. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { ConsoleInfo } from '@convoy/console/protocol';
import { EpmdClient } from '@convoy/node/epmd';
import { askConsole, launchNode } from '../support/console/console-api.ts';
import { startConsoleProcess } from '../support/console/console-process.ts';
import { startTestEpmd } from '../support/erlang/test-epmd.ts';

const reason =
  existsSync('/usr/bin/epmd') || process.env['CI'] !== undefined
    ? false
    : 'no epmd: apt-get install erlang-base';

test('uses the EPMD of Erlang if one is running', { skip: reason }, async () => {
  await using epmd = await startTestEpmd();
  const client = new EpmdClient({ port: epmd.port });
  await using convoy = await startConsoleProcess({ epmdPort: epmd.port });
  assert.equal((await askConsole<ConsoleInfo>(convoy, '/api/info')).epmd, 'system');
  const node = await launchNode(convoy, 'typescript');
  assert.ok((await client.names()).nodes.some(({ name }) => node.startsWith(`${name}@`)));
});

test('starts its own EPMD if none is running', async () => {
  await using convoy = await startConsoleProcess();
  assert.equal((await askConsole<ConsoleInfo>(convoy, '/api/info')).epmd, 'embedded');
  const node = await launchNode(convoy, 'typescript');
  const { nodes } = await new EpmdClient({ port: convoy.epmdPort }).names();
  assert.ok(nodes.some(({ name }) => node.startsWith(`${name}@`)));
});
