/**
 * The `convoy` command as users run it: its node in a mesh with real Erlang and Elixir nodes that use its EPMD, and its
 * commands on those nodes.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EpmdClient, startEpmdServer } from '@convoy/node/epmd';
import { endProcess, isRunning } from '../../support/child-process.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import {
  type ErlangNode,
  freePort,
  missingPeer,
  type OtpRelease,
  startErlangNode,
} from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { installedReleases } from '../../support/extent.ts';

const skip = missingPeer();
const options = { skip };
const cookie = 'cli-interop-cookie';
const script = '/usr/bin/script';
const releases = skip === false ? installedReleases() : [];

interface Setting extends AsyncDisposable {
  readonly epmdPort: number;
  /** For `convoy`: HOME with the cookie, and the EPMD port. */
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  node(name: string, ...words: string[]): Promise<ConvoyProcess>;
  erlang(name: string, more?: { release?: OtpRelease; kind?: 'erl' | 'elixir' }): Promise<ErlangNode>;
}

/** A Convoy EPMD, a home folder with the cookie, and functions that start nodes with both. */
async function makeSetting(): Promise<Setting> {
  const epmd = await startEpmdServer({ port: 0 });
  const home = mkdtempSync(join(tmpdir(), 'convoy-cli-home-'));
  writeFileSync(join(home, '.erlang.cookie'), `${cookie}\n`, { mode: 0o600 });
  const env = { HOME: home, ERL_EPMD_PORT: String(epmd.port) };
  return {
    epmdPort: epmd.port,
    env,
    home,
    async node(name, ...words) {
      const node = new ConvoyProcess(['node', '--name', name, ...words], { env });
      await node.waitFor(/^convoy node .* is up/m);
      return node;
    },
    erlang: (name, more = {}) => startErlangNode({ name, cookie, epmdPort: epmd.port, ...more }),
    async [Symbol.asyncDispose]() {
      await epmd.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A program in its own terminal, which `script` provides. */
function spawnRemoteShell(command: string, env: NodeJS.ProcessEnv): { end(): Promise<void> } {
  const child = spawn(script, ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  return {
    // The terminal hangs up, which ends the shell.
    end: () => endProcess(child, 'SIGTERM'),
  };
}

describe('convoy node', options, () => {
  for (const release of releases) {
    test(`pings OTP ${release} nodes and is pinged by them`, async () => {
      await using setting = await makeSetting();
      await using erlang = await setting.erlang('erl@127.0.0.1', { release });
      await using convoy = await setting.node('ts@127.0.0.1', '--join', 'erl@127.0.0.1');
      const { epmdPort } = setting;
      assert.match(
        convoy.stdout,
        new RegExp(
          `^convoy node ts@127\\.0\\.0\\.1 is up on port \\d+ \\(epmd: auto, port ${epmdPort}\\)$`,
          'm',
        ),
      );
      await convoy.waitFor(/^erl@127\.0\.0\.1 is connected$/m);
      await eventuallyEqual(() => erlang.eval('nodes()'), `['ts@127.0.0.1']`);
      assert.equal(await erlang.eval(`net_adm:ping('ts@127.0.0.1')`), 'pong');

      await erlang.eval(`{convoy_worker, 'ts@127.0.0.1'} ! ping`);
      await convoy.waitFor(/^Received ping on node ts@127\.0\.0\.1$/m);
      const keys = await erlang.eval(`lists:sort(maps:keys(rpc:call('ts@127.0.0.1', convoy, info, [])))`);
      assert.equal(keys, '[event_loop,memory,node,os_pid,peers,uptime_ms,versions]');
      assert.equal(await erlang.eval(`element(1, rpc:call('ts@127.0.0.1', lists, sum, [[1]]))`), 'badrpc');
      await convoy.waitFor(/refused lists:sum\(.* from erl@127/);

      convoy.child.kill('SIGTERM');
      assert.equal((await convoy.result()).code, 0);
      await eventuallyEqual(() => erlang.eval('nodes()'), '[]');
      await eventuallyEqual(() => new EpmdClient({ port: epmdPort }).lookup('ts'), undefined);
    });
  }

  test('a module receives the node, and its failure ends the command', async () => {
    await using setting = await makeSetting();
    const good = join(setting.home, 'good.ts');
    writeFileSync(good, 'export default (node: { name: string }) => console.log(`hello from ${node.name}`);');
    await using convoy = await setting.node('ts@127.0.0.1', good);
    await convoy.waitFor(/^hello from ts@127\.0\.0\.1$/m);
    const bad = join(setting.home, 'bad.ts');
    writeFileSync(bad, 'export default () => { throw new Error("no luck"); };');
    const failed = await runConvoy(['node', bad, '--name', 'bad@127.0.0.1'], { env: setting.env });
    assert.deepEqual([failed.code, /no luck/.test(failed.stderr)], [1, true]);
    const none = join(setting.home, 'none.ts');
    writeFileSync(none, 'export const x = 1;');
    const missing = await runConvoy(['node', none, '--name', 'none@127.0.0.1'], { env: setting.env });
    assert.deepEqual([missing.code, /CLI_BAD_MODULE/.test(missing.stderr)], [2, true]);
  });

  test('a second node with the same name is refused', async () => {
    await using setting = await makeSetting();
    await using _first = await setting.node('ts@127.0.0.1');
    const second = await runConvoy(['node', '--name', 'ts@127.0.0.1', '--json'], { env: setting.env });
    assert.equal(second.code, 1);
    assert.equal(JSON.parse(second.stdout).error.code, 'NODE_NAME_TAKEN');
  });

  test('it reads name, cookie and ports from the environment of a release', async () => {
    await using setting = await makeSetting();
    const port = await freePort();
    const env = {
      ...setting.env,
      HOME: '/nonexistent',
      RELEASE_NODE: 'release@127.0.0.1',
      RELEASE_COOKIE: cookie,
      ERL_AFLAGS: `-kernel inet_dist_listen_min ${port} inet_dist_listen_max ${port}`,
    };
    await using convoy = new ConvoyProcess(['node', '--json'], { env });
    const [document] = await convoy.waitFor(/^\{.*\}$/m);
    assert.deepEqual(JSON.parse(document), {
      node: 'release@127.0.0.1',
      port,
      epmd: 'auto',
      epmdPort: setting.epmdPort,
    });
    assert.equal((await runConvoy(['ping', 'release'], { env: setting.env })).code, 0);
  });

  test('joining is retried until the peer is up', async () => {
    await using setting = await makeSetting();
    await using convoy = await setting.node('ts@127.0.0.1', '--join', 'late@127.0.0.1');
    await convoy.waitFor(/cannot join late@127\.0\.0\.1, retrying in 0\.[2-5] s: /);
    await using late = await setting.node('late@127.0.0.1');
    await late.waitFor(/^ts@127\.0\.0\.1 is connected$/m);
  });

  test('it ends with the console that holds its input, and not before', async () => {
    await using setting = await makeSetting();
    const env = { ...setting.env, CONVOY_PARENT_PIPE: '1' };
    await using convoy = new ConvoyProcess(['node', '--name', 'child@127.0.0.1'], { env, keepsInput: true });
    await convoy.waitFor(/is up/);
    assert.equal((await runConvoy(['ping', 'child'], { env: setting.env })).code, 0);
    convoy.child.stdin?.end();
    await eventually('the node to end', 30_000, () => !isRunning(convoy.child));
    assert.equal((await convoy.result()).code, 0);
  });
});

describe('peers of convoy node that are refused or use no EPMD', options, () => {
  test('a wrong cookie is refused on both sides, with the reason and without the cookie', async () => {
    await using setting = await makeSetting();
    await using convoy = await setting.node('ts@127.0.0.1');
    await using stranger = await startErlangNode({
      name: 'stranger@127.0.0.1',
      cookie: 'other-cookie',
      epmdPort: setting.epmdPort,
    });
    assert.equal(await stranger.eval(`net_adm:ping('ts@127.0.0.1')`), 'pang');
    await convoy.waitFor(/refused a connection from stranger@127\.0\.0\.1: .*cookie/);
    const ping = await runConvoy(['ping', 'stranger@127.0.0.1', '--json'], { env: setting.env });
    assert.equal(ping.code, 3);
    assert.equal(JSON.parse(ping.stdout).error.code, 'HANDSHAKE_COOKIE_MISMATCH');
    for (const text of [convoy.stderr, ping.stdout, ping.stderr])
      assert.doesNotMatch(text, /cli-interop-cookie/);
  });

  test('iex --remsh and erl -remsh are refused with an explanation', async (t) => {
    if (!existsSync(script)) return t.skip(`no ${script}: apt-get install bsdutils`);
    await using setting = await makeSetting();
    await using convoy = await setting.node('ts@127.0.0.1');
    const env = { ...process.env, ...setting.env, TERM: 'xterm' };
    for (const [shell, line] of [
      ["iex --name i@127.0.0.1 --erl '-start_epmd false' --remsh ts@127.0.0.1", / from i@127/],
      ['erl -name e@127.0.0.1 -start_epmd false -remsh ts@127.0.0.1', / from e@127/],
    ] as const) {
      // A remote shell needs a terminal, which `script` provides.
      const terminal = spawnRemoteShell(shell, env);
      try {
        await convoy.waitFor(line);
      } finally {
        await terminal.end();
      }
    }
    assert.match(
      convoy.stderr,
      /cannot run a remote Elixir or Erlang shell \(open its own with `convoy shell ts@/,
    );
  });

  test('erl_call reaches it without EPMD, by its port', async (t) => {
    const [program] = globSync('/usr/lib/erlang/lib/erl_interface*/bin/erl_call');
    if (program === undefined) return t.skip('no erl_call: apt-get install erlang-dev');
    await using setting = await makeSetting();
    const port = await freePort();
    await using _convoy = await setting.node('ts@127.0.0.1', '--listen-port', String(port), '--epmd', 'none');
    const call = spawnSync(
      program,
      ['-address', `127.0.0.1:${port}`, '-timeout', '10', '-a', 'convoy info'],
      {
        env: { ...process.env, ...setting.env },
        encoding: 'utf8',
      },
    );
    assert.deepEqual([call.status, /node => 'ts@127\.0\.0\.1'/.test(call.stdout)], [0, true], call.stderr);
  });
});

describe('convoy epmd', options, () => {
  test('serves Erlang nodes of every release, and the epmd program', async () => {
    const port = await freePort();
    const env = { ERL_EPMD_PORT: String(port) };
    await using convoy = new ConvoyProcess(['epmd'], { env });
    await convoy.waitFor(new RegExp(`^convoy epmd is up on port ${port} \\(127\\.0\\.0\\.1`, 'm'));
    for (const release of releases) {
      const common = { cookie, epmdPort: port, release } as const;
      await using one = await startErlangNode({ ...common, name: `one@127.0.0.1` });
      await using _two = await startErlangNode({ ...common, name: `two@127.0.0.1` });
      assert.equal(await one.eval(`net_adm:ping('two@127.0.0.1')`), 'pong');
      const listed = spawnSync('epmd', ['-port', String(port), '-names'], { encoding: 'utf8' });
      const ours = await runConvoy(['epmd', '-names'], { env });
      assert.equal(ours.stdout, listed.stdout);
      const refused = await runConvoy(['epmd', '-kill'], { env });
      assert.deepEqual([refused.code, /EPMD_REFUSED/.test(refused.stderr)], [1, true]);
      assert.equal((await runConvoy(['epmd', '-stop', 'one'], { env })).code, 1);
    }
    const again = await runConvoy(['epmd'], { env });
    assert.deepEqual([again.code, /already running on port/.test(again.stderr)], [0, true]);
    const client = new EpmdClient({ port });
    await eventuallyEqual(async () => (await client.names()).nodes, []);
    const killed = spawnSync('epmd', ['-port', String(port), '-kill'], { encoding: 'utf8' });
    assert.equal(killed.stdout, 'Killed\n');
    assert.equal((await convoy.result()).code, 0);
    assert.equal((await runConvoy(['epmd', '-names'], { env })).code, 1);
  });

  test('with relaxed checks, it unregisters names', async () => {
    const port = String(await freePort());
    await using convoy = new ConvoyProcess(['epmd', '-port', port, '-relaxed_command_check']);
    await convoy.waitFor(/is up/);
    const held = await new EpmdClient({ port: Number(port) }).register({ name: 'gone', port: 1 });
    assert.equal((await runConvoy(['epmd', '-port', port, '-stop', 'gone'])).stdout, 'STOPPED\n');
    await held.closed;
    convoy.child.kill('SIGTERM');
    assert.equal((await convoy.result()).code, 0);
  });
});

describe('commands on real nodes', options, () => {
  test('ping, nodes, rpc and eval on an Erlang node', async () => {
    await using setting = await makeSetting();
    const { env } = setting;
    await using _erlang = await setting.erlang('erl@127.0.0.1');
    await using _convoy = await setting.node('ts@127.0.0.1', '--join', 'erl@127.0.0.1');
    await _convoy.waitFor(/erl@127\.0\.0\.1 is connected/);
    assert.match(
      (await runConvoy(['ping', 'erl'], { env })).stdout,
      /^pong from erl@127\.0\.0\.1 in [\d.]+ ms$/m,
    );
    const nodes = JSON.parse((await runConvoy(['nodes', '--json'], { env })).stdout) as { name: string }[];
    const seen = Object.fromEntries(nodes.map((node) => [node.name, node]));
    assert.partialDeepStrictEqual(seen, {
      'erl@127.0.0.1': { status: 'up', peers: ['ts@127.0.0.1'] },
      'ts@127.0.0.1': { status: 'up', peers: ['erl@127.0.0.1'] },
    });
    const run = async (...words: string[]): Promise<string> => (await runConvoy(words, { env })).stdout;
    assert.equal(
      await run('rpc', 'erl', 'lists', 'reverse', '[a, {1, "b"}, <<"c">>]'),
      '[<<"c">>,{1,"b"},a]\n',
    );
    assert.equal(
      await run('rpc', 'erl', 'lists', 'sum', '[1, 2.5]', '--json-args', '--format', 'json'),
      '3.5\n',
    );
    assert.deepEqual(JSON.parse(await run('rpc', 'erl', 'erlang', 'node', '--json')), {
      node: 'erl@127.0.0.1',
      result: 'erl@127.0.0.1',
    });
    assert.equal(await run('eval', 'erl', 'X = 20, io:format("got ~p~n", [X]), X + 22'), 'got 20\n42\n');
    const wrong = await runConvoy(['eval', 'erl', 'foo('], { env });
    assert.deepEqual([wrong.code, /not valid Erlang: syntax error before/.test(wrong.stderr)], [2, true]);
    const failed = await runConvoy(['rpc', 'erl', 'erlang', 'error', 'boom', '--json'], { env });
    assert.deepEqual([failed.code, JSON.parse(failed.stdout).error.code], [1, 'REMOTE_ERROR']);
    const none = await runConvoy(['eval', 'ts', '1'], { env });
    assert.deepEqual([none.code, /CLI_NO_LANGUAGE/.test(none.stderr)], [1, true]);
  });

  test(
    'rpc and eval on an Elixir node use Elixir syntax',
    { skip: missingPeer('25', 'elixir') },
    async () => {
      await using setting = await makeSetting();
      const { env } = setting;
      await using _elixir = await setting.erlang('ex@127.0.0.1', { kind: 'elixir' });
      const run = async (...words: string[]): Promise<string> => (await runConvoy(words, { env })).stdout;
      assert.equal(await run('rpc', 'ex', 'String', 'upcase', '<<"hi">>'), '"HI"\n');
      assert.equal(await run('eval', 'ex', 'IO.puts("hej"); %{a: {1, "ö"}}'), 'hej\n%{a: {1, "ö"}}\n');
      const failed = await runConvoy(['eval', 'ex', 'raise "no luck"'], { env });
      assert.deepEqual([failed.code, /\*\* \(RuntimeError\) no luck/.test(failed.stderr)], [1, true]);
    },
  );

  test('shell reads lines from a pipe', async () => {
    await using setting = await makeSetting();
    const { env } = setting;
    await using _erlang = await setting.erlang('erl@127.0.0.1');
    await using _convoy = await setting.node('ts@127.0.0.1');
    const erl = await runConvoy(['shell', 'erl'], { env, input: 'X = 6 * 7.\nX + 1.\n' });
    assert.match(erl.stdout, /1> X = 6 \* 7\.\n42\n/);
    assert.match(erl.stdout, /\n43\n/);
    const ts = await runConvoy(['shell', 'ts', '--kind', 'ts'], {
      env,
      input: 'await Promise.resolve(6 * 7)\n',
    });
    assert.match(ts.stdout, /\n42\n/);
  });
});

describe('commands that ask the console', options, () => {
  test('launch, list, join, disconnect, logs and stop', async () => {
    await using setting = await makeSetting();
    const dataDir = join(setting.home, 'data');
    const env = { ...setting.env, CONVOY_DATA_DIR: dataDir };
    await using up = new ConvoyProcess(['up', '--port', '0'], { env });
    const [link] = await up.waitFor(/http:\/\/\S+\?token=\S+/);
    const run = (...words: string[]): ReturnType<typeof runConvoy> => runConvoy(words, { env });

    assert.match((await run('list')).stdout, /No nodes/);
    const launched = await run('launch', 'ts', 'worker');
    assert.deepEqual([launched.code, launched.stdout], [0, 'worker@127.0.0.1\n'], launched.stderr);
    assert.match(launched.stderr, /^ok {2}Start the process/m);
    const second = JSON.parse((await run('launch', 'erlang', 'solo', '--no-join', '--json')).stdout);
    assert.deepEqual([second.node, second.state], ['solo@127.0.0.1', 'ready']);
    assert.equal((await run('join', 'worker@127.0.0.1', 'solo@127.0.0.1')).code, 0);
    assert.equal((await run('disconnect', 'worker', 'solo')).code, 2);
    assert.equal((await run('disconnect', 'worker@127.0.0.1', 'solo@127.0.0.1', '--yes')).code, 0);
    const nodes = JSON.parse((await run('list', '--json')).stdout) as { name: string; status: string }[];
    const status = Object.fromEntries(nodes.map((node) => [node.name, node.status]));
    assert.deepEqual(status, { 'solo@127.0.0.1': 'up', 'worker@127.0.0.1': 'up' });
    assert.match((await run('logs', 'worker@127.0.0.1')).stdout, /^convoy node worker@127\.0\.0\.1 is up/m);
    const again = await run('launch', 'ts', 'worker', '--json');
    assert.deepEqual([again.code, JSON.parse(again.stdout).error.reason], [1, 'PROVIDER_NAME_TAKEN']);
    assert.equal((await run('stop', 'worker@127.0.0.1')).code, 0);
    assert.equal((await run('stop', 'worker@127.0.0.1')).code, 1);

    const token = new URL(link).searchParams.get('token') ?? '';
    const printed = [launched, again].map(({ stdout, stderr }) => stdout + stderr).join('');
    assert.ok(token.length > 20 && !printed.includes(token));
    up.child.kill('SIGTERM');
    assert.equal((await up.result()).code, 0);
    assert.equal((await run('list')).code, 4);
  });

  test('a port that is taken is an error that names the remedy', async () => {
    await using setting = await makeSetting();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const env = { ...setting.env, CONVOY_DATA_DIR: join(setting.home, 'data'), CONVOY_PORT: String(port) };
    const { code, stderr } = await runConvoy(['up'], { env });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`${port}[^]*--port`));
    other.close();
  });
});
