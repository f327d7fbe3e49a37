/** Clusters that the console did not start: attached, shown whole, used and left again. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AttachingConsole } from '../../../support/members/attaching-console.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  meshOf,
  settledStates,
  startMember,
  type VisibleState,
  type WatchedMember,
} from '../../../support/members/watched-mesh.ts';

const skip = missingPeer('25');
const names = ['app-1@127.0.0.1', 'app-2@127.0.0.1', 'app-3@127.0.0.1'];

/** A cluster of three and the console. */
interface Scene {
  readonly cluster: ErlangCluster;
  readonly members: readonly WatchedMember[];
  readonly convoy: AttachingConsole;
}

async function startScene(stack: AsyncDisposableStack, cookie: string): Promise<Scene> {
  const cluster = stack.use(await ErlangCluster.start({ cookie }));
  const members = [
    await startMember(cluster, 'app-1', { kind: 'elixir' }),
    await startMember(cluster, 'app-2'),
    await startMember(cluster, 'app-3'),
  ];
  await meshOf(members);
  const convoy = stack.use(await AttachingConsole.start());
  return { cluster, members, convoy };
}

/** Asks for the cluster by its first member, with the cookie in a file. */
function requestWithFile({ convoy, cluster: { epmdPort } }: Scene) {
  const cookieFile = join(convoy.dataDir, 'cookie-of-prod');
  writeFileSync(cookieFile, 'cookie-of-the-first-cluster\n', { mode: 0o600 });
  return { name: 'prod', nodes: ['app-1@127.0.0.1'], epmdPort, cookieFile };
}

/** Detaches the cluster, and compares what can be seen on its members with what could be seen before. */
async function leave({ convoy, members }: Scene, before: readonly VisibleState[]): Promise<void> {
  await convoy.client.ask('/api/clusters/prod', { method: 'DELETE' });
  await eventually('the name of the visitor to be forgotten', 60_000, async () => {
    // Garbage of idle processes still has pids of the visitor.
    const known = await members[0]?.run('[garbage_collect(P) || P <- processes()], nodes(known)');
    return known?.includes('convoy-') === false;
  });
  assert.deepEqual(await settledStates(members), before, 'nothing is left of the visit');
}

describe('a running cluster', { skip }, () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;

  before(async () => {
    scene = await startScene(stack, 'cookie-of-the-first-cluster');
  });
  after(() => stack.disposeAsync());

  it('is shown whole through one member, and nothing can be seen of that', async () => {
    const { convoy, members } = scene;
    const before = await settledStates(members);
    const request = requestWithFile(scene);
    const view = await convoy.attach(request);
    assert.deepEqual(
      [view.state, view.kind, view.entry],
      ['up', 'attached', 'app-1@127.0.0.1'],
      JSON.stringify(view),
    );
    const nodes = await convoy.nodes('prod');
    assert.deepEqual(
      nodes.map(({ id, name, kind, origin, status }) => ({ id, name, kind, origin, status })),
      names.map((name, index) => ({
        id: `prod:${name}`,
        name,
        kind: index === 0 ? 'elixir' : 'erlang',
        origin: 'member',
        status: 'up',
      })),
    );
    assert.deepEqual(nodes[1]?.peers, ['app-1@127.0.0.1', 'app-3@127.0.0.1']);
    assert.match(nodes[0]?.version ?? '', /^OTP 25, Elixir \d/);
    assert.ok((nodes[2]?.memoryBytes ?? 0) > 1e6 && (nodes[2]?.processes ?? 0) > 10);
    for (const [index, member] of members.entries()) {
      const seen = await member.visibleState(index === 0 ? view.ownNode : undefined);
      assert.deepEqual(seen, before[index], member.name);
    }
    await leave(scene, before);
    assert.equal((await convoy.attach(request)).state, 'up');
  });

  it('gives a shell on a member that is dialled only then', async () => {
    const { convoy, members } = scene;
    const hidden = (): Promise<string> => members[2]?.run('length(nodes(hidden))') ?? Promise.resolve('');
    assert.equal(await hidden(), '0');
    await using live = await convoy.client.live();
    live.send({ type: 'shell.open', requestId: 'one', node: 'prod:app-3@127.0.0.1', cols: 80, rows: 24 });
    const { shell } = await live.message('shell.opened');
    assert.equal(shell.node, 'prod:app-3@127.0.0.1');
    assert.equal(await hidden(), '1');
    live.type(shell.id, 'node().\r');
    await live.message('shell.output', ({ data }) => data.includes("'app-3@127.0.0.1'"));
    live.send({ type: 'shell.close', shellId: shell.id });
    await eventually('the node to be left alone', 60_000, async () => (await hidden()) === '0');
  });

  it('says beforehand what a disconnection will do, and joins all again', async () => {
    const { convoy, members } = scene;
    const path = '/api/nodes/prod:app-2@127.0.0.1/disconnect';
    const body = { peer: 'app-3@127.0.0.1' };
    const forecast = (await convoy.client.ask(`${path}/forecast`, { body })).json;
    assert.deepEqual(forecast.lost[0], ['app-2@127.0.0.1', 'app-3@127.0.0.1']);
    assert.equal(forecast.isRace, true);
    assert.match(forecast.summary, /app-2@127\.0\.0\.1/);
    assert.equal((await convoy.client.ask(path, { body })).status, 204);
    await eventually('a node to stand apart', 60_000, async () =>
      (await convoy.nodes('prod')).some((node) => node.status === 'left' || node.missing !== undefined),
    );
    const result = await convoy.client.ask('/api/clusters/prod/reconnect', { body: {} });
    assert.equal(result.status, 200, result.text);
    assert.deepEqual([result.json.missing, result.json.absent], [[], []]);
    await meshOf(members);
    await eventually('nobody to stand apart any more', 60_000, async () =>
      (await convoy.nodes('prod')).every((node) => node.status === 'up' && node.missing === undefined),
    );
  });

  it('is attached again after a restart, by what was saved, and shows no cookie', async () => {
    const { convoy } = scene;
    await convoy.client.ask('/api/clusters/prod', {
      method: 'PATCH',
      body: { label: 'Production', color: 'red', production: true },
    });
    await convoy.restart();
    const view = await convoy.settled('prod');
    assert.deepEqual(
      [view.state, view.label, view.color, view.production],
      ['up', 'Production', 'red', true],
    );
    assert.equal((await convoy.nodes('prod')).length, 3);
    assert.doesNotMatch((await convoy.client.ask('/api/clusters')).text, /cookie-of-the-first/);
  });

  it('is left as easily, and stays as it was', async () => {
    const { convoy, members } = scene;
    const { status } = await convoy.client.ask('/api/clusters/prod', { method: 'DELETE' });
    assert.equal(status, 204);
    assert.deepEqual(await convoy.nodes('prod'), []);
    for (const member of members) {
      await eventually(
        `${member.name} to be left`,
        60_000,
        async () => (await member.run('nodes(hidden)')) === '[]',
      );
      assert.equal(await member.run('length(nodes())'), '2');
    }
    await convoy.restart();
    assert.equal((await convoy.client.ask('/api/clusters/prod')).status, 404);
  });
});

describe('an attempt that fails', { skip }, () => {
  it('keeps what was typed but the cookie, has the verdict of the doctor, and can be made again', async () => {
    await using stack = new AsyncDisposableStack();
    const { convoy, cluster } = await startScene(stack, 'cookie-of-another-cluster');
    const request = { name: 'prod', nodes: ['app-1@127.0.0.1'], epmdPort: cluster.epmdPort };
    const failed = await convoy.attach({ ...request, cookie: 'not-the-cookie' });
    assert.equal(failed.state, 'failed');
    assert.equal(failed.diagnosis?.fault?.code, 'COOKIE', JSON.stringify(failed));
    assert.deepEqual([failed.request?.nodes, failed.request?.epmdPort], [request.nodes, request.epmdPort]);
    assert.doesNotMatch(JSON.stringify(failed), /not-the-cookie/);
    const again = await convoy.attach({ ...request, cookie: 'cookie-of-another-cluster' });
    assert.equal(again.state, 'up');
    const twice = await convoy.client.ask('/api/clusters', { body: request });
    assert.equal(twice.json.error.code, 'CONSOLE_CLUSTER_EXISTS');
  });

  it('is given up at once when it is detached, and its name is free again', async () => {
    await using stack = new AsyncDisposableStack();
    const cluster = stack.use(await ErlangCluster.start({ cookie: 'cookie-of-a-quick-one' }));
    await cluster.erlang('quick');
    const convoy = stack.use(await AttachingConsole.start());
    const { epmdPort } = cluster;
    // Nobody answers at this address, and nobody refuses.
    const silent = {
      name: 'quick',
      nodes: ['quick@198.51.100.7'],
      cookie: 'cookie-of-a-quick-one',
      epmdPort,
    };
    assert.equal((await convoy.client.ask('/api/clusters', { body: silent })).json.state, 'connecting');
    assert.equal((await convoy.client.ask('/api/clusters/quick', { method: 'DELETE' })).status, 204);
    const view = await convoy.attach({ ...silent, nodes: ['quick@127.0.0.1'] });
    assert.deepEqual([view.state, view.entry], ['up', 'quick@127.0.0.1'], JSON.stringify(view));
  });
});

describe('two clusters with the same node names', { skip }, () => {
  it('are shown side by side, each with its own cookie and own node', async () => {
    await using stack = new AsyncDisposableStack();
    const { convoy, cluster } = await startScene(stack, 'cookie-of-one-cluster');
    const other = stack.use(await ErlangCluster.start({ cookie: 'cookie-of-the-other' }));
    await other.erlang('app-1');
    const one = await convoy.attach({
      ...{ name: 'one', nodes: ['app-1@127.0.0.1'], epmdPort: cluster.epmdPort },
      cookie: 'cookie-of-one-cluster',
    });
    const two = await convoy.attach({
      ...{ name: 'two', discover: [`epmd:hosts=127.0.0.1,port=${other.epmdPort}`], epmdPort: other.epmdPort },
      cookie: 'cookie-of-the-other',
    });
    assert.deepEqual([one.state, two.state], ['up', 'up'], JSON.stringify(two));
    assert.notEqual(one.ownNode, two.ownNode);
    const ids = (await convoy.nodes()).map(({ id }) => id);
    assert.deepEqual(ids, [...names.map((name) => `one:${name}`), 'two:app-1@127.0.0.1']);
  });
});
