/**
 * The first connection to a newly launched node, with an impostor in its place that knows no cookie: it holds the name in EPMD,
 * or listens on the dialled port, and relays what it receives to a running node.
 */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  createLocalProvider,
  createTunnelResolver,
  type LaunchedNode,
  type Provider,
  type ProviderNodeKind,
} from '@convoy/cluster';
import { startConsole } from '@convoy/console';
import type { ConsoleInfo, NodeView } from '@convoy/console/protocol';
import { type Node, startNode } from '@convoy/node';
import { EpmdClient, startEpmdServer } from '@convoy/node/epmd';
import { atom, type Term } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import { attack } from '../../support/attack.ts';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { findInstallation, type OtpRelease } from '../../support/erlang/erlang-release.ts';
import { eventually } from '../../support/eventually.ts';
import { installedReleases } from '../../support/extent.ts';
import { startImpostor } from '../../support/erlang/impostor.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';

const cookie = 'the-cookie-of-the-cluster';
const consoleName = 'console@127.0.0.1';

interface Scene extends AsyncDisposable {
  readonly provider: Provider;
  readonly folder: string;
  readonly epmdPort: number;
  /** Our node, which dials as a console does. */
  readonly node: Node;
  launch(kind: ProviderNodeKind, name?: string): Promise<LaunchedNode>;
  portOf(node: string): Promise<number>;
}

interface SceneOptions {
  readonly release?: OtpRelease;
  readonly convoyCommand?: readonly string[];
  readonly launchTimeoutMs?: number;
}

async function makeScene(options: SceneOptions = {}): Promise<Scene> {
  const root = findInstallation(options.release ?? '25')?.root ?? '';
  const folder = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'convoy-contact-'));
  const epmd = await startEpmdServer({ port: 0 });
  const routes = createTunnelResolver();
  const node = await startNode({
    name: consoleName,
    cookie: 'the-consoles-own-cookie',
    hidden: true,
    allow: [],
    routes,
    epmd: 'system',
    epmdPort: epmd.port,
  });
  const provider = createLocalProvider({
    folder: join(folder, 'nodes'),
    cookie,
    epmdPort: epmd.port,
    convoyCommand: options.convoyCommand ?? convoyCommand,
    node,
    routes,
    ping: (name, { signal }) => node.connect(name, { signal }),
    launchTimeoutMs: options.launchTimeoutMs ?? 60_000,
    ...(root === '' ? {} : { env: { ...process.env, PATH: programsIn(root, folder) } }),
  });
  return {
    provider,
    folder,
    node,
    epmdPort: epmd.port,
    launch: async (kind, name) =>
      provider.launch(await provider.plan(name === undefined ? { kind } : { kind, name })),
    portOf: async (name) =>
      (await new EpmdClient({ port: epmd.port }).lookup(splitNodeName(name).name))?.port ?? 0,
    async [Symbol.asyncDispose]() {
      await provider.close();
      await node.close();
      await epmd.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A PATH whose `erl` is that of another release, run by chroot, so file names are those inside it. */
function programsIn(root: string, folder: string): string {
  const names = ['HOME', 'CONVOY_BOOT', 'CONVOY_LINK_FILE', 'ERL_CRASH_DUMP'];
  const inside = names.map((name) => `${name}="\${${name}#${root}}"`).join(' ');
  writeFileSync(join(folder, 'erl'), `#!/bin/sh\nexport ${inside}\nexec chroot ${root} erl "$@"\n`);
  chmodSync(join(folder, 'erl'), 0o755);
  return `${folder}:${process.env['PATH'] ?? ''}`;
}

/** A fake `convoy node`: it reports that it is up on a port of the attacker. */
function lyingNode(folder: string, port: number): readonly string[] {
  const file = join(folder, 'lying-node.mjs');
  const name = 'process.argv[process.argv.indexOf("--name") + 1]';
  writeFileSync(
    file,
    `console.log(\`convoy node \${${name}} is up on port ${port} (epmd: system)\`);\nprocess.stdin.resume();\n`,
  );
  return [process.execPath, file];
}

const skip = missingPeer('25', 'elixir');
const elixir = { kind: 'elixir', release: '25' } as const;

describe('first contact with a launched node', { skip }, () => {
  attack(
    'First contact',
    'an attacker registers the name of a node in EPMD before it boots: that port is not dialled, and the launch error says who has the name',
    async () => {
      await using scene = await makeScene();
      const running = await scene.launch('erlang');
      for (const kind of ['erlang', 'typescript'] as const) {
        const plan = await scene.provider.plan({ kind, name: `wanted-${kind}` });
        const relayTo = await scene.portOf(running.name);
        await using impostor = await startImpostor({ name: plan.node, relayTo });
        const giveBack = await impostor.takeName(scene.epmdPort);
        await assert.rejects(
          scene.provider.launch(plan),
          (error: Error & { code: string; remedy: string }) => {
            assert.equal(error.code, 'PROVIDER_NAME_TAKEN');
            assert.match(
              error.message,
              new RegExp(`holds the name wanted-${kind} .* port ${impostor.port}$`),
            );
            assert.match(error.remedy, /another name/);
            return true;
          },
        );
        assert.deepEqual(impostor.dialledBy, []);
        giveBack();
      }
    },
  );

  attack(
    'First contact',
    'an attacker on the dialled port relays the digest it receives: no running node accepts it',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'convoy-contact-'));
      await using victims = await makeScene();
      const launched = await Promise.all([victims.launch('erlang'), victims.launch('typescript')]);
      for (const { name } of launched) {
        await using impostor = await startImpostor({
          name: 'wanted@127.0.0.1',
          relayTo: await victims.portOf(name),
        });
        const command = lyingNode(folder, impostor.port);
        await using scene = await makeScene({ convoyCommand: command, launchTimeoutMs: 2000 });
        const plan = await scene.provider.plan({ kind: 'typescript', name: 'wanted' });
        const giveBack = await impostor.takeName(scene.epmdPort);
        await assert.rejects(scene.provider.launch(plan), { code: 'PROVIDER_TIMEOUT' });
        giveBack();
        assert.equal(impostor.dialledBy[0], consoleName);
        assert.ok(impostor.outcomes.length > 0);
        assert.ok(!impostor.outcomes.includes('let in'), `${name} let the impostor in`);

        // The relay itself works: with the cookie of the cluster, the same node accepts it as the dialler.
        const address = { host: '127.0.0.1', port: impostor.port };
        await using careless = await startNode({
          name: 'careless@127.0.0.1',
          cookie,
          listen: false,
          epmd: 'none',
          routes: { resolve: () => Promise.resolve(address) },
        });
        await assert.rejects(careless.connect('wanted@127.0.0.1'));
        assert.ok(impostor.outcomes.includes('let in'));
      }
      rmSync(folder, { recursive: true });
    },
  );
});

describe('the link cookie of a launched node', { skip }, () => {
  attack(
    'First contact',
    'the link cookie of a node is looked for in argument lists, environments and logs, and is not there',
    async () => {
      await using scene = await makeScene();
      for (const kind of ['erlang', 'typescript'] as const) {
        const { name, osPid = 0 } = await scene.launch(kind);
        const file = join(scene.folder, 'nodes', name, 'link');
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const [peer, link = ''] = readFileSync(file, 'utf8').split('\n');
        assert.equal(peer, consoleName);
        assert.ok(link.length >= 32 && link !== cookie);
        for (const id of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
          for (const what of ['cmdline', 'environ']) {
            const text = readIfThere(`/proc/${id}/${what}`);
            assert.ok(!text.includes(link), `${what} of process ${id}, looking at ${osPid}`);
          }
        }
        assert.ok(!JSON.stringify(scene.provider.logs(name)?.lines()).includes(link));
      }
    },
  );

  attack(
    'First contact',
    'a node knows the link cookie of another and dials the console or that node under its name: both refuse',
    async () => {
      await using scene = await makeScene();
      const [first, second] = await Promise.all([scene.launch('erlang'), scene.launch('erlang')]);
      const [, link = ''] = readFileSync(join(scene.folder, 'nodes', first.name, 'link'), 'utf8').split('\n');
      const consolePort = await scene.portOf(consoleName);
      const secondPort = await scene.portOf(second.name);
      const dial = (name: string, peer: string, port: number): Promise<void> =>
        dialAs({ name, link, peer, port });
      await assert.rejects(dial(first.name, consoleName, consolePort), { code: 'HANDSHAKE_NOT_ALLOWED' });
      await assert.rejects(dial(consoleName, second.name, secondPort), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
    },
  );

  const peers = [...installedReleases().map((release) => ({ kind: 'erlang', release }) as const), elixir];
  for (const { kind, release } of peers) {
    it(`${kind} on OTP ${release} uses its link cookie with the console and the cluster's with others`, async () => {
      await using scene = await makeScene({ release });
      const { name } = await scene.launch(kind);
      const [, link = ''] = readFileSync(join(scene.folder, 'nodes', name, 'link'), 'utf8').split('\n');
      const ask = (args: Term[]): Promise<unknown> => scene.node.rpc(name, 'erlang', 'get_cookie', args);
      assert.equal(await ask([atom(consoleName)]), atom(link));
      assert.equal(await ask([]), atom(cookie));
      const variable = Array.from('CONVOY_LINK_FILE', (character) => character.charCodeAt(0));
      assert.equal(await scene.node.rpc(name, 'os', 'getenv', [variable]), false);
    });
  }
});

describe('the name of a node that runs', { skip }, () => {
  attack(
    'First contact',
    'an attacker registers the name of a running node after EPMD restarts: no node is asked to connect to that name',
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'convoy-contact-'));
      let epmd = await startEpmdServer({ port: 0 });
      const { port: epmdPort } = epmd;
      const running = await startConsole({ port: 0, dataDir, convoyCommand, epmdPort });
      try {
        const client = new ConsoleClient(running.url);
        const views = async (): Promise<NodeView[]> => (await client.ask('/api/nodes')).json as NodeView[];
        for (const name of ['first', 'second']) {
          await client.ask('/api/nodes', { body: { kind: 'erlang', name, join: false } });
        }
        await eventually('both to be up', 60_000, async () => {
          const statuses = (await views()).map(({ status }) => status);
          return statuses.length === 2 && statuses.every((status) => status === 'up');
        });
        const [first, second] = ['first@127.0.0.1', 'second@127.0.0.1'];
        const relayTo = (await new EpmdClient({ port: epmdPort }).lookup('second'))?.port ?? 0;
        await using impostor = await startImpostor({ name: first ?? '', relayTo });
        await epmd.close();
        epmd = await startEpmdServer({ port: epmdPort });
        const giveBack = await impostor.takeName(epmdPort);
        const { json } = await client.ask(`/api/nodes/${second}/join`, { body: { peer: first } });
        assert.equal(json.error.code, 'PROVIDER_NAME_TAKEN');
        assert.deepEqual(impostor.dialledBy, []);
        giveBack();
      } finally {
        await running.close();
        await epmd.close();
        rmSync(dataDir, { recursive: true });
      }
    },
  );
});

describe('the name of the console', () => {
  it('is the same after a restart, and is kept from others', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'convoy-contact-'));
    const epmd = await startEpmdServer({ port: 0 });
    const options = { port: 0, dataDir, convoyCommand, epmdPort: epmd.port };
    try {
      const first = await startConsole(options);
      const { node } = await infoOf(first.url);
      await first.close();
      assert.equal(statSync(join(dataDir, 'store.sqlite')).mode & 0o777, 0o600);
      const second = await startConsole(options);
      assert.equal((await infoOf(second.url)).node, node);
      await second.close();
    } finally {
      await epmd.close();
      rmSync(dataDir, { recursive: true });
    }
  });

  attack(
    'First contact',
    'an attacker holds the name of the console in EPMD: the console still starts and launches nodes',
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'convoy-contact-'));
      const epmd = await startEpmdServer({ port: 0 });
      const options = { port: 0, dataDir, convoyCommand, epmdPort: epmd.port };
      try {
        const before = await startConsole(options);
        const { node } = await infoOf(before.url);
        await before.close();
        await using impostor = await startImpostor({ name: node, relayTo: epmd.port });
        await eventually('the name to be free', 30_000, async () => {
          const { name } = splitNodeName(node);
          return (await new EpmdClient({ port: epmd.port }).lookup(name)) === undefined;
        });
        const giveBack = await impostor.takeName(epmd.port);
        const running = await startConsole(options);
        const client = new ConsoleClient(running.url);
        assert.equal((await infoOf(running.url)).node, node);
        const { json } = await client.ask('/api/nodes', { body: { kind: 'typescript' } });
        await eventually('the node to be up', 30_000, async () => {
          const views = (await client.ask('/api/nodes')).json as NodeView[];
          return views.some(({ name, status }) => name === json.node && status === 'up');
        });
        assert.deepEqual(impostor.dialledBy, []);
        await running.close();
        giveBack();
      } finally {
        await epmd.close();
        rmSync(dataDir, { recursive: true });
      }
    },
  );
});

async function dialAs(as: { name: string; link: string; peer: string; port: number }): Promise<void> {
  const address = { host: '127.0.0.1', port: as.port };
  await using node = await startNode({
    name: as.name,
    cookie: as.link,
    listen: false,
    epmd: 'none',
    routes: { resolve: () => Promise.resolve(address) },
  });
  await node.connect(as.peer);
}

async function infoOf(url: string): Promise<ConsoleInfo> {
  return (await new ConsoleClient(url).ask('/api/info')).json as ConsoleInfo;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
