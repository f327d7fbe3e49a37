/** The examples work as their first comments describe, against a real Elixir node: from the sources, and as a stranger runs them. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ProcessOutput } from '../support/child-process.ts';
import { ErlangCluster } from '../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../support/erlang/erlang-node.ts';
import { endProcess } from '../support/erlang/test-epmd.ts';
import { missingSshd, startSshServer } from '../support/network/ssh-server.ts';

export interface ExampleLauncher {
  /** How to run an example by its file name: the program and its words. */
  readonly command: (file: string) => readonly [program: string, ...words: string[]];
  /** The environment without what an example needs. */
  readonly env: NodeJS.ProcessEnv;
  readonly skip?: string | false;
}

const cookie = 'examples-interop';

interface RunningExample {
  readonly child: ChildProcess;
  readonly output: ProcessOutput;
  /** Everything it printed, and its exit code. */
  readonly ended: Promise<string>;
}

/** Runs every example in the way that `launcher` gives when the suite begins. */
export function testExamples(
  name: string,
  { skip = false, ...options }: { skip?: string | false; launcher: () => Promise<ExampleLauncher> },
): void {
  describe(name, { skip: skip === false ? missingPeer('25', 'elixir') : skip }, () => {
    let cluster: ErlangCluster;
    let elixir: ErlangNode;
    let launcher: ExampleLauncher;

    before(async () => {
      launcher = await options.launcher();
      cluster = await ErlangCluster.start({ cookie });
      elixir = await cluster.erlang('app', { kind: 'elixir' });
    });

    after(() => cluster?.[Symbol.asyncDispose]());

    function start(
      file: string,
      { words = [], env = {} }: { words?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
    ): RunningExample {
      const [program, ...args] = launcher.command(file);
      const child = spawn(program, [...args, ...words], {
        env: { ...launcher.env, COOKIE: cookie, ERL_EPMD_PORT: String(cluster.epmdPort), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output = new ProcessOutput(child, file);
      return { child, output, ended: output.closed.then(() => `${output.text}exit ${child.exitCode}`) };
    }

    test('01 joins a cluster', async () => {
      assert.match(
        await start('01-join-a-cluster.ts').ended,
        /up: app@127.0.0.1 \(visible\)\nnodes: \[ ['"]app@127.0.0.1['"] \]\nOTP release: 25\nsum: 6\nexit 0/,
      );
    });

    test('02 shows processes', async () => {
      assert.match(
        await start('02-processes.ts').ended,
        /answer: \{:hello, :world\}\nended: \{:DOWN, .*:greeter, :"south@memory.test"\}, :tired\}\nexit 0/,
      );
    });

    test('03 calls a GenServer', async () => {
      assert.match(
        await start('03-call-a-genserver.ts').ended,
        /running: :elixir\n[^]*CALL_NOPROC: nobody on app@127.0.0.1 cannot be called.*\nexit 0/,
      );
    });

    test('04 serves a GenServer', async () => {
      const { child, output, ended } = start('04-serve-a-genserver.ts');
      try {
        await output.waitForMatch(/ready:/, 60_000);
        const counter = '{:counter, :"example04@127.0.0.1"}';
        assert.equal(await elixir.eval(`GenServer.call(${counter}, {:add, 2})`), '{:ok, 2}');
        assert.equal(await elixir.eval(`GenServer.call(${counter}, :nonsense)`), '{:error, :badarg}');
        assert.equal(await elixir.eval(`GenServer.stop(${counter})`), ':ok');
        assert.match(await ended, /add: 2\nstopped: :normal\nexit 0/);
      } finally {
        await endProcess(child);
      }
    });

    test('05 reaches a node over SSH', { skip: missingSshd() ?? false }, async () => {
      await using server = await startSshServer({ env: { ERL_EPMD_PORT: String(cluster.epmdPort) } });
      const home = mkdtempSync(join(tmpdir(), 'convoy-example-'));
      try {
        server.trustIn(home);
        const env = { HOME: home, SSH_IDENTITY: server.identityFile };
        const text = await start('05-reach-a-node-over-ssh.ts', { words: [server.target], env }).ended;
        assert.match(
          text,
          /logged in: ssh:.*\nhost: \S+ OTP 25 Elixir 1\.14\.0\n[^]*there is: app@127\.0\.0\.1 \d+ epmd\n/,
        );
        assert.match(
          text,
          /started: (\S+) process \d+\nit is: :"\1"\nit runs on: \S+\nstopped: \1\ntunnel: closed\nexit 0/,
        );
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    });

    test('06 finds a node by EPMD', async () => {
      assert.match(
        await start('06-find-each-other.ts').ended,
        /here: app@127\.0\.0\.1\nconnected: app@127\.0\.0\.1\npeers: \[ ['"]app@127\.0\.0\.1['"] \]\nexit 0/,
      );
    });

    for (const file of [
      '01-join-a-cluster.ts',
      '03-call-a-genserver.ts',
      '04-serve-a-genserver.ts',
      '06-find-each-other.ts',
    ]) {
      test(`${file} says that COOKIE is not set`, async () => {
        const text = await start(file, { env: { COOKIE: undefined } }).ended;
        assert.match(text, /the cookie is empty[^]*environment variable such as COOKIE[^]*is not set/);
        assert.match(text, /exit 1$/);
      });
    }
  });
}
