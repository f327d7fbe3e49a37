/** An uncaught error in a node of `convoy node` ends the call or process it happened in, and nothing else. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { atom, type Node, startNode } from '@convoy/node';
import { startEpmdServer } from '@convoy/node/epmd';
import { openShell } from '@convoy/shell';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { eventually } from '../../support/eventually.ts';

const moduleText = `
export default function (node) {
  const later = (text) => { setTimeout(() => { throw new Error(text); }, 5); return true; };
  node.expose('app', {
    now: () => { throw new Error('thrown in a call'); },
    timer: () => later('thrown in a timer of a call'),
    promise: () => { void Promise.reject(new Error('rejected in a call')); return true; },
    late: async () => { await null; throw new Error('rejected by a call'); },
    odd: () => { setTimeout(() => { throw 'a text'; }); return true; },
    ok: () => 'fine',
  });
  node.spawn(async (self) => { for (;;) { await self.receive(); later('thrown in a timer of a process'); } }, { name: 'looping' });
  node.spawnServer({ onMessage() { void Promise.reject(new Error('rejected in a server')); } }, { name: 'serving' });
  node.spawnServer({ onMessage() { throw new Error('thrown in a server'); } }, { name: 'crashing' });
  // Work of the module itself, not of a call.
  let isToEnd = false;
  node.expose('end', { soon: () => (isToEnd = true) });
  setInterval(() => { if (isToEnd) throw new Error('thrown by the module itself'); }, 20);
}
`;

interface World extends AsyncDisposable {
  readonly convoy: ConvoyProcess;
  readonly node: Node;
  readonly name: string;
}

async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-node-faults-'));
  writeFileSync(join(folder, 'app.mjs'), moduleText);
  const epmd = await startEpmdServer({ port: 0 });
  const env = { ERL_EPMD_PORT: String(epmd.port), CONVOY_COOKIE: 'faults' };
  const name = 'faulty@127.0.0.1';
  const convoy = new ConvoyProcess(['node', join(folder, 'app.mjs'), '--name', name], {
    env,
    keepsInput: true,
  });
  const node = await startNode({
    name: 'caller@127.0.0.1',
    cookie: 'faults',
    hidden: true,
    epmd: 'system',
    epmdPort: epmd.port,
  });
  await convoy.waitFor(/is up on port/);
  return {
    convoy,
    node,
    name,
    async [Symbol.asyncDispose]() {
      await node.close();
      await convoy[Symbol.asyncDispose]();
      await epmd.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test('errors of calls, processes and a shell leave the node up; its own error ends it', async () => {
  await using world = await startWorld();
  const { convoy, node, name } = world;
  const call = (fn: string): Promise<unknown> => node.rpc(name, 'app', fn, []);
  const expectUp = async (): Promise<void> =>
    assert.equal(String(Buffer.from((await call('ok')) as Uint8Array)), 'fine');

  for (const fn of ['now', 'late']) await assert.rejects(call(fn), { code: 'REMOTE_ERROR' });
  for (const [fn, line] of [
    ['timer', /call of app:timer failed \(fault \d+\): Error: thrown in a timer of a call\n\s+at /],
    ['promise', /call of app:promise failed \(fault \d+\): Error: rejected in a call/],
    ['odd', /call of app:odd failed \(fault \d+\): it threw a text/],
  ] as const) {
    await call(fn);
    await convoy.waitFor(line);
    await expectUp();
  }
  for (const [process, line] of [
    ['looping', /process looping failed .*thrown in a timer of a process/],
    ['serving', /process serving failed .*rejected in a server/],
    ['crashing', /process crashing \(<\S+>\) of \S+ has crashed:\n {2}Error: thrown in a server/],
  ] as const) {
    node.send({ name: process, node: name }, atom('go'));
    await convoy.waitFor(line);
    await expectUp();
  }

  await using shell = await openShell({ node, target: name, kind: 'ts', cols: 80, rows: 24 });
  let text = '';
  shell.onOutput(({ data }) => (text += data));
  shell.input(`process.nextTick(() => { throw new Error('thrown later in a shell') }); 1\r`);
  await convoy.waitFor(/process .* failed .*thrown later in a shell/);
  shell.input('40 + 2\r');
  await eventually('the shell to go on', 30_000, () => text.includes('42'));
  await expectUp();

  await node.rpc(name, 'end', 'soon', []);
  const { code, stderr } = await convoy.result();
  assert.match(stderr, /the node failed and is shutting down: Error: thrown by the module itself/);
  assert.equal(code, 70);
});
