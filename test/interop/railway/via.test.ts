/** `--via railway:`: commands that reach a node on Railway from outside its private network, with a token and a key. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProviderNodeKind } from '@convoy/cluster';
import { missingNamespaces } from '@convoy/railway-simulator';
import { type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { launchOn, RailwayWorld } from '../../support/railway-world.ts';

const skip = missingNamespaces() ?? missingPeer('25', 'elixir');
const cookie = 'cookie-of-the-service';

interface Outside extends AsyncDisposable {
  readonly world: RailwayWorld;
  /** Runs a command with its own home folder, and with Railway's token in the environment. */
  readonly run: (words: readonly string[], env?: NodeJS.ProcessEnv) => Promise<ConvoyResult>;
}

/** Launches nodes of these kinds, and adds one key to the relay. */
async function openOutside(kinds: readonly ProviderNodeKind[]): Promise<Outside> {
  const world = await RailwayWorld.start({ runtime: 'namespaces' });
  const home = mkdtempSync(join(tmpdir(), 'convoy-home-'));
  const { relay, endpoint, token } = world.simulator;
  const identity = world.keyOf('outside');
  relay.addKey(readFileSync(`${identity}.pub`, 'utf8'));
  const env = {
    HOME: home,
    SSH_AUTH_SOCK: '',
    RAILWAY_API_TOKEN: token,
    CONVOY_RAILWAY_ENDPOINT: endpoint,
    CONVOY_RAILWAY_RELAY: `${relay.host}:${relay.port}`,
    CONVOY_IDENTITY: identity,
    CONVOY_ACCEPT_NEW_HOST_KEY: 'true',
  };
  const outside: Outside = {
    world,
    run: (words, more = {}) => runConvoy(words, { env: { ...env, ...more } }),
    async [Symbol.asyncDispose]() {
      rmSync(home, { recursive: true });
      await world[Symbol.asyncDispose]();
    },
  };
  const provider = world.provider({ reach: world.relay(), ipv6: true, cookie, onClose: 'destroy' });
  try {
    for (const kind of kinds) await launchOn(provider, kind);
    return outside;
  } catch (error) {
    await outside[Symbol.asyncDispose]();
    throw error;
  }
}

test('reaches a node by its service, with the cookie of its variables', { skip }, async () => {
  await using outside = await openOutside(['elixir', 'typescript']);
  const { run, world } = outside;
  const [place] = world.simulator.places;
  const { name: project } = (await world.client().projects())[0] ?? { name: '' };
  const { name: environment } = (await world.client().environments(place.projectId)).find(
    ({ id }) => id === place.environmentId,
  ) ?? { name: '' };
  const full = `railway:${project}/${environment}`;
  const elixir = ['--via', `${full}/elixir-1`, '--read-cookie'];

  const evaluated = await run(['eval', 'elixir-1', 'IO.puts("here"); node()', ...elixir]);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  assert.match(evaluated.stdout, /^here\n:"elixir-1@elixir-1\.railway\.internal"/);
  const called = await run(['rpc', 'ts-1', 'convoy', 'info', '--via', `${full}/ts-1`, '--read-cookie']);
  assert.equal(called.code, 0, called.stderr);
  const given = ['--cookie', cookie, '--json'];
  const pinged = await run(['ping', 'ts-1', '--via', `${full}/ts-1`, ...given]);
  assert.equal(pinged.code, 0, pinged.stderr);
  assert.equal(JSON.parse(pinged.stdout).node, 'ts-1@ts-1.railway.internal');

  const other = await run(['ping', 'web', ...elixir]);
  assert.equal(other.code, 2);
  assert.match(other.stderr, /is elixir-1@elixir-1\.railway\.internal, not web/);
  const nowhere = await run(['ping', 'web', '--via', `${full}/nothing`]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /no service named nothing[\s\S]*elixir-1[\s\S]*ts-1/);
  const asHost = await run(['nodes', '--via', `${full}/elixir-1`]);
  assert.equal(asHost.code, 2);
  assert.match(asHost.stderr, /is a single node, not a host/);
  const without = await run(['ping', 'elixir-1', ...elixir], { RAILWAY_API_TOKEN: '', RAILWAY_TOKEN: '' });
  assert.equal(without.code, 2);
  assert.match(without.stderr, /no Railway token was given/);
  for (const { stdout, stderr } of [evaluated, called, other, nowhere, asHost]) {
    assert.ok(![world.simulator.token, cookie].some((secret) => (stdout + stderr).includes(secret)));
  }
});

test('a variable without a full node name is reported, and nothing is dialled', { skip }, async () => {
  await using outside = await openOutside([]);
  const { environment } = outside.world;
  const variables = { RELEASE_NODE: 'bare', RELEASE_DISTRIBUTION: 'name', ERL_DIST_PORT: '9100' };
  await environment.createService({ name: 'bare', settings: {}, variables });
  const via = (service: string): Promise<ConvoyResult> =>
    outside.run(['ping', 'bare', '--via', `railway:${service}`]);
  const refused = await via('bare');
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /no full node name/);
  await environment.createService({
    name: 'silent',
    settings: {},
    variables: { ...variables, RELEASE_NODE: 'silent@silent.railway.internal' },
  });
  const silent = await outside.run(['ping', 'silent', '--via', 'railway:silent', '--read-cookie']);
  assert.equal(silent.code, 2, silent.stderr);
  assert.match(silent.stderr, /has no RELEASE_COOKIE variable/);
  const malformed = await via('a/b/c/d');
  assert.equal(malformed.code, 2);
  assert.match(malformed.stderr, /does not name a service/);
});
