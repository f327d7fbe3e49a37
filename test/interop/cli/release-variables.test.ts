/**
 * One set of platform variables starts an Erlang release or `convoy node`: both are started with the same environment, one after
 * the other, and must be the same node (name, port, registration with EPMD, allowed peers), or both must refuse to start.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { startNode } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import { ProcessOutput, endProcess } from '../../support/child-process.ts';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { freePort, missingPeer, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

/** The properties of a node as another node sees them. */
interface Seen {
  readonly name: string;
  readonly port: number;
  /** Whether EPMD knows its name, and for which port. */
  readonly epmd: number | undefined;
  readonly isHidden: boolean;
  /** Whether it listens on IPv6 and on IPv4, of the loopback addresses. */
  readonly families: readonly number[];
}

const cookie = 'of-the-release';

/** Calls `erl` as the start script of an Elixir release does; ERL_DIST_PORT as in relx. */
function erlArguments(env: Readonly<Record<string, string>>): string[] {
  const { RELEASE_NODE, RELEASE_NAME, RELEASE_DISTRIBUTION = 'sname', RELEASE_COOKIE, ERL_DIST_PORT } = env;
  const name = RELEASE_NODE ?? RELEASE_NAME;
  const isNamed = RELEASE_DISTRIBUTION !== 'none' && name !== undefined;
  return [
    '-noshell',
    ...(RELEASE_COOKIE === undefined ? [] : ['-setcookie', RELEASE_COOKIE]),
    ...(isNamed ? [`-${RELEASE_DISTRIBUTION}`, name] : []),
    ...(ERL_DIST_PORT === undefined ? [] : ['-start_epmd', 'false', '-erl_epmd_port', ERL_DIST_PORT]),
  ];
}

async function listensOn(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Reads the properties of a running node. */
async function observe(name: string, epmdPort: number, known: number | undefined): Promise<Seen> {
  const { name: local, host } = splitNodeName(name);
  const epmd = (await new EpmdClient({ port: epmdPort }).lookup(local))?.port;
  const port = known ?? epmd ?? 0;
  await using watcher = await startNode({
    name: isLongHost(host) ? 'watcher@127.0.0.1' : 'watcher',
    cookie,
    epmd: 'none',
    epmdPort,
    listen: false,
    routes: {
      resolve: async (peer) =>
        peer === name ? { host: host.includes(':') ? '::1' : '127.0.0.1', port } : undefined,
    },
  });
  await watcher.connect(name);
  const isHidden = !watcher.list('visible').includes(name);
  const families = ((await listensOn('127.0.0.1', port)) ? [4] : []).concat(
    (await listensOn('::1', port)) ? [6] : [],
  );
  return { name, port, epmd, isHidden, families };
}

/**
 * The properties that must be the same. Which free port is chosen does not matter. With a loopback address in its name, only Convoy
 * listens on loopback alone, and so not on IPv4 as well; with localhost, only Convoy listens on ::1 as well. OTP registers with an
 * EPMD that happens to run, even if it is not needed.
 */
function comparable(seen: Seen, { isFixed = false, withoutEpmd = false }: Case): object {
  const { name, port, epmd, isHidden, families } = seen;
  return {
    name,
    isHidden,
    family: families.at(splitNodeName(name).host === 'localhost' ? 0 : -1),
    ...(withoutEpmd ? {} : { isKnown: epmd !== undefined }),
    ...(isFixed ? { port } : {}),
  };
}

interface Case {
  readonly title: string;
  readonly env: (port: number) => Record<string, string>;
  /** The port is prescribed. */
  readonly isFixed?: boolean;
  /** All nodes use that port. */
  readonly withoutEpmd?: boolean;
}

const cases: readonly Case[] = [
  {
    title: 'a long name',
    env: () => ({ RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'name' }),
  },
  { title: 'a short name, by default', env: () => ({ RELEASE_NAME: 'shop' }) },
  { title: 'a short name with a host', env: () => ({ RELEASE_NODE: 'shop@localhost' }) },
  {
    title: 'a range of ports',
    env: (port) => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_AFLAGS: `-kernel inet_dist_listen_min ${port} inet_dist_listen_max ${port}`,
    }),
    isFixed: true,
  },
  {
    title: 'IPv6',
    env: () => ({
      RELEASE_NODE: 'web@::1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_AFLAGS: '-proto_dist inet6_tcp',
    }),
  },
  {
    title: 'hidden, by a flag',
    env: () => ({ RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'name', ERL_ZFLAGS: '-hidden' }),
  },
  {
    title: 'a name that comes before that of the release',
    env: () => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_AFLAGS: '-name first@127.0.0.1',
      ERL_ZFLAGS: '-name last@127.0.0.1',
    }),
  },
  {
    title: 'a short name before a long one',
    env: () => ({ RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'name', ERL_ZFLAGS: '-sname b' }),
  },
  {
    title: 'one port for all, by ERL_DIST_PORT',
    env: (port) => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_DIST_PORT: String(port),
    }),
    isFixed: true,
    withoutEpmd: true,
  },
  {
    title: 'one port for all, by flags',
    env: (port) => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_AFLAGS: `-start_epmd false -erl_epmd_port ${port}`,
    }),
    isFixed: true,
    withoutEpmd: true,
  },
  {
    title: 'one port for all, and a range besides',
    env: (port) => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_DIST_PORT: String(port),
      ERL_AFLAGS: `-kernel inet_dist_listen_min ${port - 2} inet_dist_listen_max ${port - 1}`,
    }),
    isFixed: true,
    withoutEpmd: true,
  },
  ...['-hidden true', '-hidden false', '-hidden false -hidden', '-hidden -hidden false'].map((flags) => ({
    title: flags,
    env: () => ({ RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'name', ERL_AFLAGS: flags }),
  })),
  {
    title: 'an EPMD that is not started',
    env: () => ({
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_FLAGS: '-start_epmd false',
    }),
  },
];

const refused: readonly { readonly title: string; readonly env: Record<string, string> }[] = [
  {
    title: 'a short name with dots',
    env: { RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'sname' },
  },
  {
    title: 'an unknown protocol',
    env: {
      RELEASE_NODE: 'web@127.0.0.1',
      RELEASE_DISTRIBUTION: 'name',
      ERL_AFLAGS: '-proto_dist carrier_pigeon',
    },
  },
];

async function seeErl(env: Readonly<Record<string, string>>, epmdPort: number, port?: number): Promise<Seen> {
  const script = 'io:format("up ~s~n", [node()]), io:get_line(""), halt().';
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:ERL|RELEASE)_/.test(name)),
  );
  const child = spawn('erl', [...erlArguments(env), '-eval', script], {
    env: { ...clean, ...env, ERL_EPMD_PORT: String(epmdPort) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  try {
    const [, name = ''] = await new ProcessOutput(child, 'erl').waitForMatch(/^up (.+)$/m, 30_000);
    return await observe(name, epmdPort, port);
  } finally {
    await endProcess(child);
  }
}

async function seeConvoy(
  env: Readonly<Record<string, string>>,
  epmdPort: number,
  port?: number,
): Promise<Seen> {
  await using node = new ConvoyProcess(['node'], {
    env: { ...env, ERL_EPMD_PORT: String(epmdPort) },
    keepsInput: true,
  });
  const [, name = ''] = await node.waitFor(/convoy node (\S+) is up/);
  return await observe(name, epmdPort, port);
}

describe('variables of a release', { skip: missingPeer('25') }, () => {
  for (const one of cases) {
    const { env: make, withoutEpmd = false } = one;
    test(`give the same node: ${one.title}`, async () => {
      await using epmd = await startTestEpmd();
      const port = await freePort();
      const env = { RELEASE_COOKIE: cookie, ...make(port) };
      const known = withoutEpmd ? port : undefined;
      const erl = await seeErl(env, epmd.port, known);
      await eventually('its name to be free', 30_000, async () => {
        return (await new EpmdClient({ port: epmd.port }).names()).nodes.length === 0;
      });
      const convoy = await seeConvoy(env, epmd.port, known);
      assert.deepEqual(comparable(convoy, one), comparable(erl, one));
    });
  }

  for (const { title, env } of refused) {
    test(`are refused by both: ${title}`, async () => {
      await using epmd = await startTestEpmd();
      const given = { RELEASE_COOKIE: cookie, ...env, ERL_EPMD_PORT: String(epmd.port) };
      const erl = spawn('erl', [...erlArguments(given), '-eval', 'halt(0).'], {
        env: { ...process.env, ...given, ERL_CRASH_DUMP: '/dev/null' },
        stdio: 'ignore',
      });
      const [code] = (await once(erl, 'exit')) as [number | null];
      assert.notEqual(code, 0, 'erl does not start');
      await using convoy = new ConvoyProcess(['node'], { env: given });
      const result = await convoy.result();
      assert.notEqual(result.code, 0);
      assert.match(result.stderr, /\[CLI_BAD_OPTION\]/);
    });
  }

  test('without distribution there is no node', async () => {
    const env = { RELEASE_COOKIE: cookie, RELEASE_NODE: 'web@127.0.0.1', RELEASE_DISTRIBUTION: 'none' };
    await using convoy = new ConvoyProcess(['node'], { env });
    const { code, stderr } = await convoy.result();
    assert.notEqual(code, 0);
    assert.match(stderr, /RELEASE_DISTRIBUTION is none/);
  });
});
