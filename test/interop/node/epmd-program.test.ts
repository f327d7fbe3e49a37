/** `convoy epmd` in the place of Erlang's `epmd`: the same options, output and exit codes, and started by `erl` as its own. */

import assert from 'node:assert/strict';
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EpmdClient, type EpmdRegistration } from '@convoy/node/epmd';
import { endProcess, ProcessOutput } from '../../support/child-process.ts';
import { convoyCommand } from '../../support/console/console-process.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { freePort, missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';

const skip = missingPeer();
const missingSystemd =
  spawnSync('systemd-socket-activate', ['--version']).status === 0
    ? false
    : 'no systemd-socket-activate: apt-get install systemd';

/** A folder with `epmd`, a program that is ours. */
const folder = mkdtempSync(join(tmpdir(), 'convoy-epmd-program-'));
const program = join(folder, 'epmd');

before(() => {
  const line = convoyCommand.map((word) => `'${word}'`).join(' ');
  writeFileSync(program, `#!/bin/sh\nexec ${line} epmd "$@"\n`);
  chmodSync(program, 0o755);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(epmd: string, port: number, ...words: string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, ERL_EPMD_PORT: String(port) };
  return spawnSync(epmd, words, { encoding: 'utf8', env, timeout: 60_000 });
}

/** What a script sees of a run: the exit code and standard output. */
function seen({ status, stdout }: SpawnSyncReturns<string>): readonly [number | null, string] {
  return [status, stdout];
}

/** Starts a daemon in the background, and ends it by a KILL request when the test is over. */
async function startBackground(
  epmd: string,
  ...words: string[]
): Promise<AsyncDisposable & { port: number }> {
  const port = await freePort();
  assert.deepEqual(seen(run(epmd, port, ...words, '-relaxed_command_check', '-daemon')), [0, '']);
  const client = new EpmdClient({ port });
  await eventually('the daemon to answer', 30_000, () => client.names().then(() => true));
  const end = async (): Promise<void> => {
    await client.kill().catch(() => undefined);
  };
  return { port, [Symbol.asyncDispose]: end };
}

describe('the same series of commands', { skip }, () => {
  /** Everything that a script can see, without the port, and without the NUL bytes that Erlang's program prints in a dump. */
  async function series(epmd: string): Promise<unknown[]> {
    const port = await freePort();
    const say = (...words: string[]): readonly [number | null, string] => {
      const [code, text] = seen(run(epmd, port, ...words));
      return [
        code,
        text
          .replaceAll(String(port), 'PORT')
          .replaceAll(/fd = \d+/g, 'fd = FD')
          .replaceAll('\0', ''),
      ];
    };
    const results: unknown[] = [];
    const note = (...words: string[]): void => void results.push([words.join(' '), ...say(...words)]);
    for (const query of ['-names', '-kill', '-dump', '-started']) note(query);
    note('-stop', 'one');
    for (const wrong of [
      '-nonsense',
      '-port',
      '-names extra',
      '-packet_timeout 0',
      '-delay_write x',
      '-systemd',
    ])
      note(...wrong.split(' '));
    note('-daemon');
    const client = new EpmdClient({ port });
    await eventually('the daemon to answer', 30_000, () => client.names().then(() => true));
    // An EPMD that runs already is what was wanted.
    note('-daemon');
    note();
    const held: EpmdRegistration = await client.register({ name: 'one', port: 4001 });
    for (const query of ['-names', '-dump', '-started', '-kill']) note(query);
    note('-stop', 'one');
    held.close();
    await held.closed;
    await eventuallyEqual(async () => (await client.names()).nodes, []);
    for (const query of ['-names', '-kill', '-names']) note(query);
    return results;
  }

  test('has the same output and exit codes as that of Erlang', async () => {
    const theirs = await series('epmd');
    const ours = await series(program);
    assert.deepEqual(ours, theirs);
  });

  test('with relaxed checks: names are removed, and unknown names are not failures', async () => {
    for (const epmd of ['epmd', program] as const) {
      await using daemon = await startBackground(epmd);
      const client = new EpmdClient({ port: daemon.port });
      const held = await client.register({ name: 'gone', port: 4001 });
      assert.deepEqual(seen(run(program, daemon.port, '-stop', 'gone')), [0, 'STOPPED\n']);
      await held.closed;
      assert.deepEqual(seen(run(program, daemon.port, '-stop', 'gone')), [0, 'NOEXIST\n']);
      assert.deepEqual(seen(run('epmd', daemon.port, '-stop', 'gone')), [0, 'NOEXIST\n']);
    }
  });
});

describe('in the place of epmd', { skip }, () => {
  test('erl starts it, and finds nodes by it', async () => {
    const port = await freePort();
    // As erlexec runs its own: `"BINDIR/epmd" -daemon`, by a shell. Other releases are in a chroot, without our program.
    const words = ['-noshell', '-sname', 'starter', '-epmd', `'${program}' -daemon`];
    const evaluate = ['-eval', 'io:format("~p~n", [erl_epmd:names()]), io:get_line("").'];
    const env = { ...process.env, ERL_EPMD_PORT: String(port) };
    const erl = spawn('erl', [...words, ...evaluate], { env, stdio: 'pipe' });
    const client = new EpmdClient({ port });
    try {
      const output = new ProcessOutput(erl, 'erl');
      await output.waitForMatch(/^\{ok,\[\{"starter",\d+\}\]\}$/m, 60_000);
      assert.deepEqual(seen(run('epmd', port, '-names')), seen(run(program, port, '-names')));
    } finally {
      await endProcess(erl);
      await eventuallyEqual(async () => (await client.names()).nodes, []);
      await client.kill();
    }
  });

  test('a link called epmd to the command is convoy epmd', async () => {
    const link = join(folder, 'links', 'epmd');
    spawnSync('mkdir', ['-p', join(folder, 'links')]);
    const main = convoyCommand.at(-1) ?? '';
    symlinkSync(main, link);
    const [file = '', ...args] = convoyCommand.slice(0, -1);
    const port = await freePort();
    const { status, stderr } = spawnSync(file, [...args, link, '-port', String(port), '-names'], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /EPMD_UNREACHABLE/);
  });
});

describe('its other ways to run', () => {
  test('-daemon returns when it answers, and says why it cannot start', async () => {
    await using daemon = await startBackground(program);
    assert.deepEqual((await new EpmdClient({ port: daemon.port }).names()).nodes, []);
    const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const { code, stderr } = await runConvoy(['epmd', '-daemon', '-port', String(port)]);
    stranger.close();
    assert.equal(code, 1);
    assert.match(stderr, /EPMD cannot listen on .*\[EPMD_ADDRESS_IN_USE\]/);
  });

  test('-debug logs requests and registrations like Erlang’s', async () => {
    const port = String(await freePort());
    await using epmd = new ConvoyProcess(['epmd', '-d', '-debug', '-port', port]);
    await epmd.waitFor(/is up/);
    const client = new EpmdClient({ port: Number(port) });
    const held = await client.register({ name: 'web', port: 4001 });
    await client.lookup('web');
    await client.lookup('nobody');
    held.close();
    await held.closed;
    await epmd.waitFor(/unregistering/);
    const lines = epmd.stderr
      .split('\n')
      .map((line) => line.replace(/^epmd: \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}: /, ''));
    assert.deepEqual(
      lines.map((line) => line.replace(/:\d+'/, ":N'")).filter((line) => line !== ''),
      [
        'epmd running - daemon = 0',
        '** got ALIVE2_REQ',
        "registering 'web:N', port 4001",
        'type 77 proto 0 highvsn 6 lowvsn 5',
        '** sent ALIVE2_RESP for "web"',
        '** got PORT2_REQ',
        '** sent PORT2_RESP (ok) for "web"',
        '** got PORT2_REQ',
        '** sent PORT2_RESP (error) for "nobody"',
        "unregistering 'web:N', port 4001",
      ],
    );
  });

  test('-systemd serves the sockets of systemd, and notifies it', { skip: missingSystemd }, async () => {
    const port = await freePort();
    const notify = join(folder, 'systemd-notify');
    writeFileSync(notify, `#!/bin/sh\necho "$@" > "$NOTIFY_SOCKET"\n`, { mode: 0o755 });
    const told = join(folder, 'told');
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, NOTIFY_SOCKET: told };
    const words = [
      '-l',
      `127.0.0.1:${port}`,
      '-E',
      'PATH',
      '-E',
      `NOTIFY_SOCKET=${told}`,
      program,
      '-systemd',
    ];
    const epmd = spawn('systemd-socket-activate', words, { env, stdio: 'pipe' });
    try {
      const output = new ProcessOutput(epmd, 'systemd-socket-activate');
      await output.waitForMatch(/Listening on/, 30_000);
      // The first connection starts it.
      const client = new EpmdClient({ port, timeoutMs: 30_000 });
      assert.deepEqual(await client.names(), { epmdPort: port, nodes: [] });
      const held = await client.register({ name: 'web', port: 4001 });
      assert.equal((await client.lookup('web'))?.port, 4001);
      held.close();
      await eventually('systemd to be notified', 30_000, () => /--ready --pid=\d+/.test(readIfThere(told)));
    } finally {
      await endProcess(epmd, 'SIGTERM');
    }
  });
});

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
