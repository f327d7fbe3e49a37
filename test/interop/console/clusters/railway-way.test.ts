/** Clusters on Railway that Convoy did not deploy, attached through the environment that they run in. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ConsoleOptions } from '@convoy/console';
import type { RailwayView } from '@convoy/console/protocol';
import {
  missingNamespaces,
  openLocalRuntime,
  openNamespaceRuntime,
  type RailwaySimulator,
  startRailwaySimulator,
} from '@convoy/railway-simulator';
import { convoyCommand } from '../../../support/console/console-process.ts';
import { runConvoy } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { AttachingConsole } from '../../../support/members/attaching-console.ts';
import { DeployedCluster } from '../../../support/members/deployed-cluster.ts';
import { mayTake } from '../../../support/time-limit.ts';

const cookie = 'cookie-of-the-release';
const via = 'railway:shop/production';
const projects = [{ name: 'shop', environments: [{ name: 'production' }, { name: 'staging' }] }];
const names = ['app', 'web'];

type RailwaySettings = NonNullable<ConsoleOptions['railway']>;

interface Scene {
  readonly simulator: RailwaySimulator;
  readonly cluster: DeployedCluster;
  readonly convoy: AttachingConsole;
  /** By which the command reaches the relay. */
  readonly env: NodeJS.ProcessEnv;
}

/** A simulated Railway on addresses of this computer or in private networks, a cluster there, and a console that has the token. */
async function startScene(stack: AsyncDisposableStack, where: 'here' | 'private'): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const open = where === 'here' ? openLocalRuntime : openNamespaceRuntime;
  const runtime = await open({ folder: join(folder, 'containers'), convoyCommand });
  const simulator = stack.use(await startRailwaySimulator({ runtime, projects }));
  const cluster = stack.use(
    await DeployedCluster.deploy(simulator, { names, cookie, isIpv6: where === 'private' }),
  );
  const railway = where === 'here' ? directly(simulator) : throughRelay(simulator, folder);
  const convoy = stack.use(await AttachingConsole.start({ railway }));
  const { endpoint, token, relay } = simulator;
  const env = {
    CONVOY_DATA_DIR: convoy.dataDir,
    RAILWAY_API_TOKEN: token,
    CONVOY_RAILWAY_ENDPOINT: endpoint,
    CONVOY_RAILWAY_RELAY: `${relay.host}:${relay.port}`,
    CONVOY_IDENTITY: join(folder, 'relay_ed25519'),
    CONVOY_ACCEPT_NEW_HOST_KEY: 'true',
    HOME: folder,
    SSH_AUTH_SOCK: '',
  };
  return { simulator, cluster, convoy, env };
}

function directly({ endpoint, token }: RailwaySimulator): RailwaySettings {
  return { endpoint, token, ipv6: false, reach: (routes) => ({ kind: 'direct', routes }) };
}

function throughRelay({ endpoint, token, relay }: RailwaySimulator, folder: string): RailwaySettings {
  const identityFile = join(folder, 'relay_ed25519');
  writeFileSync(identityFile, relay.newKey(), { mode: 0o600 });
  const { host, port, hostKey } = relay;
  const ssh = { identityFiles: [identityFile], agent: false } as const;
  return { endpoint, token, reach: (routes) => ({ kind: 'relay', routes, host, port, hostKey, ssh }) };
}

/** Opens a shell on a member and evaluates an expression in it. */
async function evaluate(
  convoy: AttachingConsole,
  node: string,
  [code, expected]: readonly [code: string, expected: string],
): Promise<void> {
  await using live = await convoy.client.live();
  live.send({ type: 'shell.open', requestId: node, node, cols: 80, rows: 24 });
  const { shell } = await live.message('shell.opened');
  live.type(shell.id, `${code}\r`);
  await live.message('shell.output', ({ data }) => data.includes(expected));
  live.send({ type: 'shell.close', shellId: shell.id });
}

async function railwayOf({ client }: AttachingConsole): Promise<RailwayView> {
  return (await client.ask('/api/railway')).json as RailwayView;
}

describe('a cluster on Railway that Convoy did not deploy', { skip: missingPeer() }, () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;
  before(async () => {
    scene = await startScene(stack, 'here');
  });
  after(() => stack.disposeAsync());

  test('is attached through its environment, with the cookie of its variables, and shown whole', async () => {
    const { convoy, cluster } = scene;
    const [app, web] = cluster.nodes;
    assert.ok(app !== undefined && web !== undefined);
    const view = await convoy.attach({ name: 'prod', nodes: [app.name], via });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(
      (await convoy.nodes('prod')).map(({ name, status, kind, place }) => ({ name, status, kind, place })),
      [app, web].map(({ name }) => {
        return { name, status: 'up', kind: 'erlang', place: { key: via, kind: 'railway' } };
      }),
    );
    await evaluate(convoy, `prod:${web.name}`, ['nodes().', `['${app.name}']`]);
    const { places, account } = await railwayOf(convoy);
    assert.equal(account?.kind, 'account', 'it has logged in with its own token');
    assert.deepEqual(
      places.map((place) => [place.name, place.nodes]),
      [[via, []]],
      'nothing there counts as launched by Convoy',
    );
    assert.doesNotMatch((await convoy.client.ask('/api/clusters')).text, new RegExp(cookie));
  });

  test('is attached again after a restart, and left', async () => {
    const { convoy, cluster } = scene;
    await convoy.restart();
    assert.equal((await convoy.settled('prod')).state, 'up');
    assert.equal((await convoy.nodes('prod')).length, cluster.nodes.length);
    const { client } = convoy;
    assert.equal((await client.ask('/api/clusters/prod', { method: 'DELETE' })).status, 204);
    assert.deepEqual(await convoy.nodes('prod'), []);
  });

  test('is not attached with a wrong cookie, name or place, and the reason says what to do', async () => {
    const { convoy, cluster } = scene;
    const [app] = cluster.nodes;
    const request = { name: 'prod', nodes: [app?.name ?? ''], via };
    const wrongCookie = await convoy.attach({ ...request, cookie: 'another-cookie' });
    assert.deepEqual([wrongCookie.state, wrongCookie.diagnosis?.fault?.code], ['failed', 'COOKIE']);
    const wrongName = await convoy.attach({ ...request, nodes: ['other@127.0.0.1'] });
    assert.equal(wrongName.problem?.code, 'PROVIDER_NO_NODE', JSON.stringify(wrongName));
    assert.match(wrongName.problem?.remedy ?? '', new RegExp(`Use one of its nodes: ${app?.name}`));
    const wrongPlace = await convoy.attach({ ...request, via: 'railway:shop/nowhere' });
    assert.match(wrongPlace.problem?.message ?? '', /no access to an environment railway:shop\/nowhere/);
    assert.equal((await convoy.attach(request)).state, 'up');
  });

  test('is not reached any more once somebody has logged out, until somebody logs in again', async () => {
    const { convoy } = scene;
    await convoy.client.ask('/api/railway/login', { method: 'DELETE' });
    await convoy.restart();
    // The restarted console has not been told to log out.
    assert.equal((await convoy.settled('prod')).state, 'up');
    await convoy.client.ask('/api/railway/login', { method: 'DELETE' });
    await convoy.client.ask('/api/clusters/prod', { method: 'DELETE' });
    const request = { name: 'late', nodes: [scene.cluster.nodes[0]?.name], via };
    const refused = await convoy.attach(request);
    assert.deepEqual([refused.state, refused.problem?.code], ['failed', 'CONSOLE_NODE_NOT_UP']);
    assert.match(refused.problem?.message ?? '', /not logged in to Railway/);
    assert.equal((await convoy.client.ask('/api/railway/login', { body: {} })).status, 200);
    assert.equal((await convoy.attach(request)).state, 'up');
  });

  test('has the verdict of the doctor when its container has stopped', async () => {
    const { convoy, cluster } = scene;
    const [app] = cluster.nodes;
    assert.ok(app !== undefined);
    await cluster.stop(app);
    const stopped = await convoy.attach({ name: 'stopped', nodes: [app.name], via });
    assert.deepEqual([stopped.state, stopped.diagnosis?.fault?.code], ['failed', 'PORT_CLOSED']);
  });
});

describe('a cluster in a private network of Railway', { skip: missingNamespaces() ?? missingPeer() }, () => {
  test('is attached through the relay, and used in the page and by the command', async (t) => {
    mayTake(t, { seconds: 90, because: 'a private network is made, and several programs start in it' });
    await using stack = new AsyncDisposableStack();
    const { convoy, cluster, env } = await startScene(stack, 'private');
    const [app, web] = cluster.nodes.map(({ name }) => name);
    assert.equal(app, 'app@app.railway.internal');
    const view = await convoy.attach({ name: 'prod', nodes: [app], via });
    assert.equal(view.state, 'up', JSON.stringify(view));
    assert.deepEqual(
      (await convoy.nodes('prod')).map(({ name, status }) => [name, status]),
      [
        [app, 'up'],
        [web, 'up'],
      ],
    );
    await evaluate(convoy, `prod:${web}`, ['node().', `'${web}'`]);
    const { json: diagnosis } = await convoy.client.ask('/api/doctor', { body: { node: `prod:${web}` } });
    assert.equal(diagnosis.ok, true, JSON.stringify(diagnosis));
    const evaluated = await runConvoy(['eval', `prod:${web}`, 'node().'], { env });
    assert.match(evaluated.stdout, new RegExp(web ?? ''), evaluated.stderr);
    const [place] = (await railwayOf(convoy)).places;
    await convoy.client.ask('/api/clusters/prod', { method: 'DELETE' });
    await convoy.client.ask(`/api/railway/places/${place?.id}`, { method: 'DELETE' });
    await eventually('the place to be closed', 30_000, async () => {
      return (await railwayOf(convoy)).places.length === 0;
    });
  });
});
