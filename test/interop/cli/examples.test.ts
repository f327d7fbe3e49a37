/** Runs the examples as their first comments describe, against a real Elixir node, and checks their output. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { missingSshd, startSshServer } from '../../support/network/ssh-server.ts';
import { endProcess } from '../../support/erlang/test-epmd.ts';

const root = join(import.meta.dirname, '../../..');
const cookie = 'examples-interop';

describe('the examples work as described', { skip: missingPeer('25', 'elixir') }, () => {
  let cluster: ErlangCluster;
  let elixir: ErlangNode;

  before(async () => {
    cluster = await ErlangCluster.start({ cookie });
    elixir = await cluster.erlang('app', { kind: 'elixir' });
  });

  after(() => cluster?.[Symbol.asyncDispose]());

  /** Starts an example; `output` resolves with everything it printed, when it has ended. */
  function run(
    file: string,
    { words = [], env = {} }: { words?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ): { child: ChildProcess; output: Promise<string>; ready: Promise<void> } {
    const child = spawn(
      process.execPath,
      ['--conditions=@convoy/source', join(root, 'examples', file), ...words],
      {
        env: { ...process.env, COOKIE: cookie, ERL_EPMD_PORT: String(cluster.epmdPort), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ready = Promise.withResolvers<void>();
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('ready:')) ready.resolve();
      });
    }
    const output = new Promise<string>((resolve) => {
      child.on('close', (code) => resolve(`${text}exit ${code}`));
    });
    return { child, output, ready: ready.promise };
  }

  test('01 joins a cluster', async () => {
    const output = await run('01-join-a-cluster.ts').output;
    assert.match(
      output,
      /up: app@127.0.0.1 \(visible\)\nnodes: \[ 'app@127.0.0.1' \]\nOTP release: 25\nsum: 6\nexit 0/,
    );
  });

  test('02 shows processes', async () => {
    const output = await run('02-processes.ts').output;
    assert.match(
      output,
      /answer: \{:hello, :world\}\nended: \{:DOWN, .*:greeter, :"south@memory.test"\}, :tired\}\nexit 0/,
    );
  });

  test('03 calls a GenServer', async () => {
    const output = await run('03-call-a-genserver.ts').output;
    assert.match(
      output,
      /running: :elixir\n[^]*CALL_NOPROC: nobody on app@127.0.0.1 cannot be called.*\nexit 0/,
    );
  });

  test('04 serves a GenServer', async () => {
    const example = run('04-serve-a-genserver.ts');
    try {
      await Promise.race([example.ready, example.output.then((text) => assert.fail(text))]);
      const counter = '{:counter, :"example04@127.0.0.1"}';
      assert.equal(await elixir.eval(`GenServer.call(${counter}, {:add, 2})`), '{:ok, 2}');
      assert.equal(await elixir.eval(`GenServer.call(${counter}, :nonsense)`), '{:error, :badarg}');
      assert.equal(await elixir.eval(`GenServer.stop(${counter})`), ':ok');
      assert.match(await example.output, /add: 2\nstopped: :normal\nexit 0/);
    } finally {
      await endProcess(example.child);
    }
  });

  test('05 reaches a node over SSH', { skip: missingSshd() ?? false }, async () => {
    await using server = await startSshServer({ env: { ERL_EPMD_PORT: String(cluster.epmdPort) } });
    const home = mkdtempSync(join(tmpdir(), 'convoy-example-'));
    try {
      server.trustIn(home);
      const env = { HOME: home, SSH_IDENTITY: server.identityFile };
      const output = await run('05-reach-a-node-over-ssh.ts', { words: [server.target], env }).output;
      assert.match(
        output,
        /logged in: ssh:.*\nhost: \S+ OTP 25 Elixir 1\.14\.0\n[^]*there is: app@127\.0\.0\.1 \d+ epmd\n/,
      );
      assert.match(
        output,
        /started: (\S+) process \d+\nit is: :"\1"\nit runs on: \S+\nstopped: \1\ntunnel: closed\nexit 0/,
      );
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('06 finds a node by EPMD', async () => {
    const output = await run('06-find-each-other.ts').output;
    assert.match(
      output,
      /here: app@127\.0\.0\.1\nconnected: app@127\.0\.0\.1\npeers: \[ 'app@127\.0\.0\.1' \]\nexit 0/,
    );
  });
});
