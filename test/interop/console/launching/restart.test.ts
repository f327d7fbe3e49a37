/** Restarting a running node: stopped and launched again in one act, with what it was launched with; refused, failed and cancelled. */

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EpmdClient } from '@convoy/node/epmd';
import type { LaunchRequest, LaunchView, NodeView } from '@convoy/console/protocol';
import { type ConsoleProcess, startConsoleProcess } from '../../../support/console/console-process.ts';
import { type Answer, ConsoleClient } from '../../../support/console/live-client.ts';
import { ConvoyProcess, runConvoy } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { someOf } from '../../../support/extent.ts';
import { nodeOf, waitForStatus } from '../../../support/launching/listed-nodes.ts';

const secret = 'a-value-that-only-the-node-may-know';
const requests: readonly LaunchRequest[] = [
  { kind: 'erlang', join: true, name: 'again', variables: { FOO: secret } },
  { kind: 'typescript', join: false, name: 'script', variables: { FOO: secret }, memoryMb: 256 },
];

/** Launches a node and waits until it is up. */
async function launch(client: ConsoleClient, body: LaunchRequest): Promise<NodeView> {
  const { status, json, text } = await client.ask('/api/nodes', { body });
  assert.equal(status, 202, text);
  return waitForStatus(client, (json as LaunchView).node, 'up');
}

function restart(client: ConsoleClient, name: string): Promise<Answer> {
  return client.ask(`/api/nodes/${name}/restart`, { method: 'POST' });
}

function remove(client: ConsoleClient, name: string): Promise<Answer> {
  return client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
}

function isAlive({ osPid }: NodeView): boolean {
  try {
    return process.kill(osPid ?? 0, 0);
  } catch {
    return false;
  }
}

interface AuditLine {
  readonly event: string;
  readonly node?: string;
}

function auditOf(convoy: ConsoleProcess): AuditLine[] {
  const lines = readFileSync(`${convoy.dataDir}/audit.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as AuditLine);
}

describe('a node that is restarted', { skip: missingPeer() }, () => {
  let convoy: ConsoleProcess;
  let client: ConsoleClient;
  before(async () => {
    convoy = await startConsoleProcess();
    client = new ConsoleClient(convoy.url);
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  for (const body of someOf(requests, 1)) {
    test(`is another process with its name, variables and join: ${body.kind}`, async () => {
      const first = await launch(client, body);
      const { name } = first;
      await using live = await client.live();
      const answer = await restart(client, name);
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.json.node, name);
      assert.equal(isAlive(first), false, 'it was stopped before the answer');
      const second = await waitForStatus(client, name, 'up');
      assert.notEqual(second.osPid, first.osPid);
      assert.ok(readFileSync(`/proc/${second.osPid}/environ`, 'utf8').includes(`FOO=${secret}`));
      assert.deepEqual(
        [second.kind, second.join, second.place.key],
        [body.kind, body.join ?? true, first.place.key],
      );
      await live.message('node', ({ node }) => node.name === name && node.status === 'up');
      const news = live.messages.flatMap((message) =>
        message.type === 'node' && message.node.name === name ? [message.node.status] : [],
      );
      assert.deepEqual([...new Set(news)], ['stopping', 'launching', 'up']);
      assert.ok(auditOf(convoy).some(({ event, node }) => event === 'node.restart' && node === name));
      for (const text of [answer.text, JSON.stringify(live.messages), convoy.output()])
        assert.doesNotMatch(text, new RegExp(secret));
      await remove(client, name);
    });
  }

  test('joins the others again, by the command too, which restarts one after the other', async () => {
    const [one, other] = [
      await launch(client, { kind: 'erlang', join: true, name: 'one' }),
      await launch(client, { kind: 'erlang', join: true, name: 'other' }),
    ];
    const env = { CONVOY_DATA_DIR: convoy.dataDir };
    const result = await runConvoy(['restart', 'one', 'other', one.name, '--json'], { env });
    assert.equal(result.code, 0, result.stderr);
    const views = JSON.parse(result.stdout) as LaunchView[];
    assert.deepEqual(
      views.map(({ node, state }) => [node, state]),
      [
        [one.name, 'ready'],
        [other.name, 'ready'],
      ],
    );
    await eventually('both to be connected', 30_000, async () => {
      const peers = await Promise.all([one, other].map(({ name }) => nodeOf(client, name)));
      return peers[0]?.peers.includes(other.name) === true && peers[1]?.peers.includes(one.name) === true;
    });
    assert.ok(!isAlive(one) && !isAlive(other));
    const unknown = await runConvoy(['restart', 'one', 'nobody'], { env });
    assert.match(unknown.stderr, /no node named nobody/);
    assert.equal((await nodeOf(client, one.name))?.status, 'up', 'nothing was restarted');
    for (const { name } of [one, other]) await remove(client, name);
  });

  test('in a cluster marked as production is restarted only if that is confirmed', async () => {
    const { name, osPid } = await launch(client, { kind: 'typescript', join: true });
    const mark = (production: boolean): Promise<Answer> =>
      client.ask('/api/clusters/local', { method: 'PATCH', body: { production } });
    assert.equal((await mark(true)).status, 200);
    const env = { CONVOY_DATA_DIR: convoy.dataDir };
    const refused = await runConvoy(['restart', name], { env });
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /marked as production/);
    assert.equal((await nodeOf(client, name))?.osPid, osPid);
    const done = await runConvoy(['restart', name, '--yes'], { env });
    assert.deepEqual([done.code, done.stdout.trim()], [0, `${name} is restarted`], done.stderr);
    await mark(false);
    await remove(client, name);
  });
});

describe('a node that is not restarted', { skip: missingPeer() }, () => {
  let convoy: ConsoleProcess;
  let client: ConsoleClient;
  before(async () => {
    convoy = await startConsoleProcess();
    client = new ConsoleClient(convoy.url);
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  test('is none that this console launched', async () => {
    await using foreign = new ConvoyProcess(['node', '--name', 'foreign@127.0.0.1'], {
      env: { ERL_EPMD_PORT: String(convoy.epmdPort), CONVOY_COOKIE: 'cookie-of-others' },
    });
    await foreign.waitFor(/foreign@127\.0\.0\.1/);
    const body = { name: 'prod', nodes: ['foreign@127.0.0.1'], cookie: 'cookie-of-others' };
    assert.equal((await client.ask('/api/clusters', { body })).status, 202);
    const id = 'prod:foreign@127.0.0.1';
    await eventually('the member', 30_000, async () => {
      const { json } = await client.ask('/api/nodes');
      return (json as NodeView[]).some((view) => view.id === id && view.status === 'up');
    });
    const refused = await restart(client, encodeURIComponent(id));
    assert.deepEqual([refused.status, refused.json.error.code], [404, 'PROVIDER_NO_NODE']);
    assert.equal(refused.json.error.message, 'foreign@127.0.0.1 was not launched by this console');
    assert.equal(refused.json.error.remedy, 'Restart it where it was started.');
    const unknown = await restart(client, 'nobody@127.0.0.1');
    assert.deepEqual([unknown.status, unknown.json.error.code], [404, 'PROVIDER_NO_NODE']);
  });

  test('stays with the reason if its launch cannot start, and can be launched again', async () => {
    const program = join(convoy.dataDir, 'program.mjs');
    writeFileSync(program, 'export default () => {};\n');
    const { name } = await launch(client, { kind: 'typescript', join: true, name: 'lost', program });
    rmSync(program);
    const refused = await restart(client, name);
    assert.deepEqual([refused.status, refused.json.error.code], [400, 'PROVIDER_BAD_PROGRAM'], refused.text);
    const view = await nodeOf(client, name);
    assert.deepEqual([view?.status, view?.problem?.code], ['failed', 'PROVIDER_BAD_PROGRAM']);
    writeFileSync(program, 'export default () => {};\n');
    // A node that has ended is only launched.
    assert.equal((await restart(client, name)).status, 202);
    await waitForStatus(client, name, 'up');
    await remove(client, name);
  });

  test('was deleted meanwhile, and is not launched', async () => {
    const { name } = await launch(client, { kind: 'typescript', join: true, name: 'short' });
    const restarting = restart(client, name);
    await eventually('the node to be stopping', 30_000, async () => {
      const view = await nodeOf(client, name);
      return view === undefined || view.status !== 'up';
    });
    const [answer, deleted] = await Promise.all([restarting, remove(client, name)]);
    assert.ok([202, 409].includes(answer.status), answer.text);
    assert.equal(deleted.status, 204, deleted.text);
    await eventually('it to be gone', 30_000, async () => (await nodeOf(client, name)) === undefined);
    const { nodes } = await new EpmdClient({ port: convoy.epmdPort }).names();
    assert.ok(!nodes.some((one) => one.name === 'short'), 'it was not launched');
  });

  test('is starting, or being restarted already', async () => {
    const { name } = await launch(client, { kind: 'typescript', join: true });
    const [one, other] = await Promise.all([restart(client, name), restart(client, name)]);
    const refused = one.status === 202 ? other : one;
    assert.deepEqual([refused.status, refused.json.error.code], [409, 'CONSOLE_NODE_NOT_UP'], refused.text);
    await waitForStatus(client, name, 'up');
    await remove(client, name);
  });
});
