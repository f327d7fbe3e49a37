/** Launching a node again that has ended: as it was launched before, with its variables, in the place of what is left of it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { EpmdClient } from '@convoy/node/epmd';
import type { LaunchRequest, LaunchView, NodeView } from '@convoy/console/protocol';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { type Answer, ConsoleClient, type LiveClient } from '../../support/console/live-client.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { someOf } from '../../support/extent.ts';
import { nodeOf, waitForStatus } from '../../support/launching/listed-nodes.ts';

const secret = 'a-value-that-only-the-node-may-know';
const requests: readonly LaunchRequest[] = [
  { kind: 'erlang', join: true, name: 'again', variables: { FOO: secret } },
  { kind: 'typescript', join: false, variables: { FOO: secret } },
];

async function launch(client: ConsoleClient, body: LaunchRequest): Promise<string> {
  const { status, json, text } = await client.ask('/api/nodes', { body });
  assert.equal(status, 202, text);
  return (json as LaunchView).node;
}

const relaunch = (client: ConsoleClient, name: string): Promise<Answer> =>
  client.ask(`/api/nodes/${name}/relaunch`, { method: 'POST' });

/** Kills a node, and waits until the console knows. */
async function crash(client: ConsoleClient, name: string): Promise<void> {
  process.kill((await waitForStatus(client, name, 'up')).osPid ?? 0, 'SIGKILL');
  await waitForStatus(client, name, 'crashed');
}

const environmentOf = ({ osPid }: NodeView): string[] =>
  readFileSync(`/proc/${osPid}/environ`, 'utf8').split('\0');

/** The messages about a node, from the one that says that it is gone. */
const newsOf = (live: LiveClient, name: string): string[] =>
  live.messages.flatMap((message) => {
    if (message.type === 'node.gone' && message.name === name) return [`gone ${message.isRelaunched}`];
    return message.type === 'node' && message.node.name === name ? [message.node.status] : [];
  });

describe('a node that is launched again', { skip: missingPeer() }, () => {
  let convoy: ConsoleProcess;
  let client: ConsoleClient;
  before(async () => {
    convoy = await startConsoleProcess();
    client = new ConsoleClient(convoy.url);
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  for (const body of someOf(requests, 1)) {
    test(`has its variables, name and join again: ${body.kind}`, async () => {
      const name = await launch(client, body);
      await crash(client, name);
      await using live = await client.live();
      const answer = await relaunch(client, name);
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.json.node, name);
      const view = await waitForStatus(client, name, 'up');
      assert.ok(environmentOf(view).includes(`FOO=${secret}`));
      assert.deepEqual([view.kind, view.join, view.place.key], [body.kind, body.join, 'local']);
      await live.message('node', ({ node }) => node.name === name && node.status === 'up');
      const news = newsOf(live, name);
      assert.deepEqual(news.slice(0, 2), ['gone true', 'launching'], news.join());
      assert.equal(news.filter((one) => one.startsWith('gone')).length, 1);
      // A third time, too: the request is kept for as long as the node is.
      await crash(client, name);
      assert.equal((await relaunch(client, name)).status, 202);
      assert.ok(environmentOf(await waitForStatus(client, name, 'up')).includes(`FOO=${secret}`));
      const seen = [JSON.stringify(live.messages), answer.text, (await client.ask('/api/nodes')).text];
      for (const text of [...seen, convoy.output(), readFileSync(`${convoy.dataDir}/audit.jsonl`, 'utf8')])
        assert.doesNotMatch(text, new RegExp(secret));
      await client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
    });
  }

  test('fails again as it failed before, and its log starts over', async () => {
    const name = await launch(client, {
      kind: 'erlang',
      join: true,
      variables: { ERL_FLAGS: '-boot nonsense' },
    });
    const { startedAt } = await waitForStatus(client, name, 'failed');
    await using live = await client.live();
    live.send({ type: 'logs.follow', node: name, afterSeq: 0 });
    await live.message('logs', ({ node }) => node === name);
    assert.equal((await relaunch(client, name)).status, 202);
    await live.message('node.gone', (message) => message.name === name);
    live.send({ type: 'logs.follow', node: name, afterSeq: 0 });
    await eventually('the second failure', 60_000, async () => {
      const view = await nodeOf(client, name);
      return view?.status === 'failed' && view.startedAt > startedAt;
    });
    assert.match((await nodeOf(client, name))?.lastOutput.join('\n') ?? '', /nonsense/);
    const at = live.messages.findIndex(({ type }) => type === 'node.gone');
    const lines = (): number[] =>
      live.messages
        .slice(at)
        .flatMap((message) => (message.type === 'logs' ? message.lines.map(({ seq }) => seq) : []));
    await eventually('the lines of the second launch', 30_000, () => lines().length > 0);
    assert.equal(lines()[0], 1);
    await client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
  });
});

describe('a node that is not launched again', () => {
  let convoy: ConsoleProcess;
  let client: ConsoleClient;
  before(async () => {
    convoy = await startConsoleProcess();
    client = new ConsoleClient(convoy.url);
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  test('has not ended, or is none that was launched', async () => {
    const name = await launch(client, { kind: 'typescript', join: true });
    await waitForStatus(client, name, 'up');
    const running = await relaunch(client, name);
    assert.deepEqual([running.status, running.json.error.code], [409, 'CONSOLE_NODE_NOT_ENDED']);
    assert.equal(running.json.error.message, `${name} is up`);
    const unknown = await relaunch(client, 'nobody@127.0.0.1');
    assert.deepEqual([unknown.status, unknown.json.error.code], [404, 'PROVIDER_NO_NODE']);
    await client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
  });

  test('stays as it is if that is refused, with its variables, and can be deleted', async () => {
    const name = await launch(client, {
      kind: 'typescript',
      join: true,
      name: 'held',
      variables: { FOO: secret },
    });
    await crash(client, name);
    const epmd = new EpmdClient({ port: convoy.epmdPort });
    const stranger = await epmd.register({ name: 'held', port: 9 });
    const refused = await relaunch(client, name);
    assert.deepEqual([refused.status, refused.json.error.code], [409, 'PROVIDER_NAME_TAKEN']);
    const view = await nodeOf(client, name);
    assert.deepEqual([view?.status, view?.problem?.code], ['crashed', 'NODE_CRASHED']);
    stranger.close();
    await stranger.closed;
    assert.equal((await relaunch(client, name)).status, 202);
    assert.ok(environmentOf(await waitForStatus(client, name, 'up')).includes(`FOO=${secret}`));
    await crash(client, name);
    const another = await epmd.register({ name: 'held', port: 9 });
    assert.equal((await relaunch(client, name)).status, 409);
    assert.equal((await client.ask(`/api/nodes/${name}`, { method: 'DELETE' })).status, 204);
    assert.equal(await nodeOf(client, name), undefined);
    another.close();
  });
});
