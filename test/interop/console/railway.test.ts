/** The console's API for Railway, against a simulated one: tokens, environments, nodes that outlive the console, and their controls. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  openLocalRuntime,
  type RailwaySimulator,
  type RailwaySimulatorOptions,
  startRailwaySimulator,
} from '@convoy/railway-simulator';
import { startConsole } from '@convoy/console';
import type {
  DiagnosisView,
  LaunchView,
  NodeView,
  RailwayEnvironmentView,
  RailwayPlaceView,
  RailwayView,
} from '@convoy/console/protocol';
import { convoyCommand } from '../../support/console/console-process.ts';
import { freePort } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';

interface Scene extends AsyncDisposable {
  readonly simulator: RailwaySimulator;
  readonly client: ConsoleClient;
  readonly dataDir: string;
  open(): Promise<RailwayPlaceView>;
  launch(place: RailwayPlaceView): Promise<string>;
  node(name: string): Promise<NodeView | undefined>;
}

const oneProject = [{ name: 'shop', environments: [{ name: 'production' }, { name: 'staging' }] }] as const;

async function makeScene(projects: RailwaySimulatorOptions['projects'] = oneProject): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-console-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const folder = join(dataDir, 'containers');
  const simulator = stack.use(
    await startRailwaySimulator({
      runtime: await openLocalRuntime({ folder, convoyCommand }),
      projects,
    }),
  );
  const { endpoint, token } = simulator;
  const convoy = await startConsole({
    port: 0,
    dataDir,
    convoyCommand,
    epmdPort: await freePort(),
    railway: {
      endpoint,
      token,
      ipv6: false,
      images: { typescript: 'convoy-node' },
      reach: (routes) => ({ kind: 'direct', routes }),
    },
  });
  stack.defer(() => convoy.close());
  const client = new ConsoleClient(convoy.url);
  const owned = stack.move();
  return {
    simulator,
    client,
    dataDir,
    async open() {
      const { json } = await client.ask('/api/railway/login', { body: {} });
      const [project] = (json as RailwayView).account?.projects ?? [];
      const path = `/api/railway/projects/${project?.id ?? ''}/environments`;
      const environments = (await client.ask(path)).json as RailwayEnvironmentView[];
      const environment = environments.find(({ name }) => name === 'staging');
      const body = { projectId: project?.id, environmentId: environment?.id };
      return (await client.ask('/api/railway/places', { body })).json as RailwayPlaceView;
    },
    async launch(place) {
      const { json } = await client.ask('/api/nodes', {
        body: { kind: 'typescript', place: { key: place.name, kind: 'railway' } },
      });
      let launch = json as LaunchView;
      await eventually('the launch to be over', 30_000, async () => {
        launch = (await client.ask(`/api/launches/${launch.id}`)).json as LaunchView;
        return launch.state !== 'running';
      });
      assert.equal(launch.state, 'ready', JSON.stringify(launch.problem));
      return launch.node;
    },
    async node(name) {
      const nodes = (await client.ask('/api/nodes')).json as NodeView[];
      return nodes.find((one) => one.name === name);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe('Railway by the API', () => {
  test('a token is checked, and neither returned nor stored', async () => {
    await using scene = await makeScene();
    const { client, simulator, dataDir } = scene;
    const before = (await client.ask('/api/railway')).json as RailwayView;
    assert.deepEqual([before.hasOwnToken, before.account, before.places], [true, undefined, []]);
    const early = await client.ask('/api/railway/projects/x/environments');
    assert.deepEqual([early.status, early.json.error.code], [409, 'CONSOLE_RAILWAY_LOGGED_OUT']);
    const secret = 'a-secret-that-is-no-token';
    const wrong = await client.ask('/api/railway/login', { body: { token: secret } });
    assert.deepEqual([wrong.status, wrong.json.error.code], [422, 'RAILWAY_TOKEN_REFUSED']);
    const right = await client.ask('/api/railway/login', { body: { token: simulator.token } });
    const view = right.json as RailwayView;
    assert.equal(view.account?.kind, 'account');
    assert.deepEqual(
      view.account.projects.map(({ name }) => name),
      ['shop'],
    );
    assert.equal((await client.ask('/api/railway/login', { method: 'DELETE' })).status, 204);
    const after = (await client.ask('/api/railway')).json as RailwayView;
    assert.equal(after.account, undefined);
    const audit = readFileSync(join(dataDir, 'audit.jsonl'), 'utf8');
    assert.match(audit, /railway\.login/);
    for (const text of [audit, JSON.stringify([wrong.json, view, after])]) {
      assert.ok(!text.includes(secret) && !text.includes(simulator.token));
    }
  });

  test('nodes outlive the place they were launched in, and are found again', async () => {
    await using scene = await makeScene();
    const { client } = scene;
    const place = await scene.open();
    assert.equal(place.name, 'railway:shop/staging');
    assert.equal((await scene.open()).name, place.name);
    const [open] = ((await client.ask('/api/railway')).json as RailwayView).places;
    assert.ok(open !== undefined);
    const name = await scene.launch(open);
    assert.equal((await scene.node(name))?.provider, place.name);
    assert.equal((await client.ask(`/api/railway/places/${open.id}`, { method: 'DELETE' })).status, 204);
    assert.equal(await scene.node(name), undefined);
    const again = await scene.open();
    assert.deepEqual(
      again.nodes.map((node) => [node.name, node.kind, node.status]),
      [[name, 'typescript', 'SUCCESS']],
    );
    await eventually(
      'the node to be among the others',
      30_000,
      async () => (await scene.node(name))?.status === 'up',
    );
    const log = (await client.ask(`/api/nodes/${encodeURIComponent(name)}/logs`)).json as { text: string }[];
    assert.ok(log.some(({ text }) => text.includes('is up')));
    const healthy = (await client.ask('/api/doctor', { body: { node: name } })).json as DiagnosisView;
    assert.equal(healthy.ok, true, JSON.stringify(healthy.fault));
    const path = `/api/railway/places/${again.id}/control`;
    const stopped = await client.ask(path, { body: { node: name, action: 'stop' } });
    assert.equal(stopped.status, 200, JSON.stringify(stopped.json));
    await eventually('it to be stopped', 30_000, async () => {
      const refreshed = (await client.ask(`/api/railway/places/${again.id}/refresh`, { body: {} }))
        .json as RailwayPlaceView;
      return refreshed.nodes[0]?.isStopped === true;
    });
    const ill = (await client.ask('/api/doctor', { body: { node: name } })).json as DiagnosisView;
    assert.deepEqual([ill.ok, ill.fault?.code], [false, 'PORT_CLOSED']);
    const stranger = await client.ask(path, { body: { node: 'stranger@127.0.0.1', action: 'restart' } });
    assert.deepEqual([stranger.status, stranger.json.error.code], [404, 'PROVIDER_NO_NODE']);
    const gone = await client.ask(path, { body: { node: name, action: 'delete' } });
    assert.deepEqual((gone.json as RailwayPlaceView).nodes, []);
    assert.equal(await scene.node(name), undefined);
  });

  test('two users who open one environment get the same place, and none remains after logging out', async () => {
    await using scene = await makeScene();
    const { client, simulator } = scene;
    const { account } = (await client.ask('/api/railway/login', { body: {} })).json as RailwayView;
    const [place] = simulator.places;
    const body = { projectId: account?.projects[0]?.id, environmentId: place.environmentId };
    const open = () => client.ask('/api/railway/places', { body });
    const [one, other] = await Promise.all([open(), open()]);
    assert.equal((one.json as RailwayPlaceView).id, (other.json as RailwayPlaceView).id);
    const view = async () => (await client.ask('/api/railway')).json as RailwayView;
    assert.equal((await view()).places.length, 1);
    await client.ask(`/api/railway/places/${(one.json as RailwayPlaceView).id}`, { method: 'DELETE' });
    simulator.addFault({ kind: 'slow', ms: 300, times: 20 });
    const late = open();
    await client.ask('/api/railway/login', { method: 'DELETE' });
    assert.ok((await late).status >= 400);
    simulator.clearFaults();
    assert.deepEqual((await view()).places, []);
  });

  test('invalid requests are refused before Railway receives them', async () => {
    await using scene = await makeScene();
    const { client } = scene;
    await scene.open();
    const bodies = [
      { projectId: 'x', environmentId: 'y', cluster: 'Not An Id' },
      { projectId: 'x', environmentId: 'y', images: { typescript: 'rm -rf /' } },
      { projectId: 'x', environmentId: 'y', images: { cobol: 'x' } },
    ];
    for (const body of bodies) {
      const { status, json } = await client.ask('/api/railway/places', { body });
      assert.deepEqual([status, json.error.code], [400, 'CONSOLE_BAD_REQUEST'], JSON.stringify(body));
    }
    const elsewhere = await client.ask('/api/railway/places', {
      body: { projectId: 'x', environmentId: 'y' },
    });
    assert.ok([404, 502].includes(elsewhere.status), String(elsewhere.status));
  });
});

describe('Railway environments as places', () => {
  test('a node is restarted by Railway, one of an earlier place too', async () => {
    await using scene = await makeScene();
    const { client } = scene;
    await scene.open();
    const [open] = ((await client.ask('/api/railway')).json as RailwayView).places;
    assert.ok(open !== undefined);
    const name = await scene.launch(open);
    await client.ask(`/api/railway/places/${open.id}`, { method: 'DELETE' });
    // The console that finds it again does not know its launch, and need not.
    await scene.open();
    await eventually('the node', 30_000, async () => (await scene.node(name))?.status === 'up');
    const path = `/api/nodes/${encodeURIComponent(name)}`;
    const restarted = await client.ask(`${path}/restart`, { method: 'POST' });
    assert.deepEqual([restarted.status, restarted.json.state], [202, 'ready'], restarted.text);
    await eventually('its second start', 60_000, async () => {
      const log = (await client.ask(`${path}/logs`)).json as { text: string }[];
      return log.filter(({ text }) => text.includes('is up')).length === 2;
    });
    await eventually('it to answer', 60_000, async () => (await scene.node(name))?.status === 'up');
  });

  test('a node says its place, and a launch can name it; closing one place leaves the other alone', async () => {
    const twin = { name: 'shop', environments: [{ name: 'production' }] };
    await using scene = await makeScene([twin, twin]);
    const { client, simulator } = scene;
    await client.ask('/api/railway/login', { body: {} });
    const open = async (environmentId: string, projectId: string): Promise<RailwayPlaceView> =>
      (await client.ask('/api/railway/places', { body: { projectId, environmentId } }))
        .json as RailwayPlaceView;
    const [one, other] = await Promise.all(
      simulator.places.map(({ projectId, environmentId }) => open(environmentId, projectId)),
    );
    assert.ok(one !== undefined && other !== undefined);
    assert.match(one.name, /^railway:shop#.{8}\/production$/);
    assert.notEqual(one.name, other.name);
    const nodes = [await scene.launch(one), await scene.launch(other)];
    const views = await Promise.all(nodes.map((name) => scene.node(name)));
    assert.deepEqual(
      views.map((view) => [view?.place, view?.provider]),
      [
        [{ key: one.name, kind: 'railway' }, one.name],
        [{ key: other.name, kind: 'railway' }, other.name],
      ],
    );
    assert.deepEqual(
      views.map((view) => view?.peers),
      [[], []],
      'nothing passes between them',
    );
    assert.equal((await client.ask(`/api/railway/places/${one.id}`, { method: 'DELETE' })).status, 204);
    const left = (await client.ask('/api/nodes')).json as NodeView[];
    assert.deepEqual(
      left.map(({ name }) => name),
      [nodes[1]],
    );
  });
});
