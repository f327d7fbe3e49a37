/** `convoy connect` and `--via` as users run them, over a real SSH server; nothing is left afterwards. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { splitNodeName } from '@convoy/node/names';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../support/terminal.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';

const cookie = 'remote_cookie_of_connect';

/** The host is this machine, where other tests run nodes too; names distinguish ours from theirs. */
const unique = (name: string): string => `${name}_${randomBytes(4).toString('hex')}`;
const app = unique('app');
const loner = unique('loner');

const skip = missingPeer('25', 'elixir') ?? missingSshd() ?? false;

/** A host that a user on this side logs in to, with a node that its EPMD knows and a hermit that no EPMD knows. */
class Scene {
  readonly #stack = new AsyncDisposableStack();
  #cluster!: ErlangCluster;
  server!: SshServer;
  remote!: ErlangNode;
  hermit!: ErlangNode;
  /** Of the login on the other side. */
  farHome!: string;
  /** For the user on this side. */
  env!: { readonly HOME: string };

  /** Call it in a suite. */
  constructor() {
    before(() => this.#start());
    after(() => this.#stack.disposeAsync());
  }

  cookieFile(): string {
    const file = join(this.env.HOME, 'cookie');
    writeFileSync(file, cookie, { mode: 0o600 });
    return file;
  }

  /** Traces on the host of nodes that were started there. */
  leftOvers(): readonly string[] {
    const folder = join(this.farHome, '.convoy', 'nodes');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async registered(): Promise<string> {
    const words = ['epmd', '-names', '-port', String(this.#cluster.epmdPort)];
    return (await runConvoy(words, { env: this.env })).stdout;
  }

  async #start(): Promise<void> {
    const [home, farHome] = [this.#folder('home'), this.#folder('far')];
    this.#cluster = this.#stack.use(await ErlangCluster.start({ cookie }));
    const env = { ERL_EPMD_PORT: String(this.#cluster.epmdPort), HOME: farHome };
    this.server = this.#stack.use(await startSshServer({ env }));
    this.server.trustIn(home);
    this.env = { HOME: home };
    this.farHome = farHome;
    this.remote = await this.#cluster.erlang(`${app}@db1`, { kind: 'elixir' });
    // Without EPMD, it is found by its process.
    const hermit = {
      name: `${loner}@db1.example`,
      cookie,
      epmdPort: 1,
      args: ['-erl_epmd_port', String(await freePort())],
    };
    this.hermit = this.#stack.use(await startErlangNode(hermit));
  }

  #folder(name: string): string {
    const folder = mkdtempSync(join(tmpdir(), `convoy-${name}-`));
    this.#stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
}

describe('convoy connect', { skip }, () => {
  const scene = new Scene();
  testStartedNodes(scene);
  testFoundNodes(scene);
});

/** Nodes that the command starts on the host, and that are gone when it ends. */
function testStartedNodes(scene: Scene): void {
  test('starts a node, reaches it, and leaves nothing', async () => {
    const { server, env } = scene;
    for (const runtime of ['erlang', 'elixir']) {
      const words = [
        'connect',
        server.target,
        ...server.words,
        '--start',
        '--no-shell',
        '--runtime',
        runtime,
      ];
      const { code, stdout, stderr } = await runConvoy([...words, '--json'], { env });
      assert.equal(code, 0, stderr);
      const proof = JSON.parse(stdout);
      assert.match(proof.node, /^convoy_[0-9a-f]{6}@.+\..+$/);
      assert.deepEqual([proof.otpRelease, proof.started], ['25', true]);
      assert.match(
        stderr,
        /ok {2}Log in by SSH.*\n.*ok {2}Look for Erlang[\s\S]*ok {2}Stop the node: process \d+ .*\n/,
      );
      assert.deepEqual(scene.leftOvers(), []);
      assert.ok(!(await scene.registered()).includes(splitNodeName(proof.node).name));
    }
  });

  test('opens a shell of the node it started', async () => {
    const { server, env } = scene;
    const words = ['connect', server.target, ...server.words, '--start'];
    const input = '40 + 2\nNode.self()\n';
    const { code, stdout } = await runConvoy(words, { env, input });
    assert.equal(code, 0);
    assert.match(stdout, /\n42\n[\s\S]*\n:"convoy_[0-9a-f]{6}@/);
    assert.deepEqual(scene.leftOvers(), []);
  });

  test('prints what a node printed that did not start', async () => {
    const { server, env } = scene;
    // The emulator prints the reason, and then its usage.
    const start = ['--start', '--no-shell', '--runtime', 'erlang', '--env', 'ERL_FLAGS=-bogus +Zzz'];
    const { code, stdout, stderr } = await runConvoy(
      ['connect', server.target, ...server.words, ...start, '--json'],
      { env },
    );
    assert.equal(code, 1, stderr);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, 'HOST_START_FAILED');
    assert.match(error.lastOutput.join('\n'), /unknown flag -Zzz\n[^]*\n\[\d+ lines left out\]\n/);
    assert.match(stderr, /\n {2}Its output:\n {4}.*-Zzz\n/);
    assert.deepEqual(scene.leftOvers(), []);
  });

  test('a node on a fixed port with a given name', async () => {
    const { server, env } = scene;
    const port = await freePort();
    const words = ['connect', server.target, ...server.words, '--start', '--no-shell'];
    const named = ['--name', 'fixed', '--port', String(port), '--runtime', 'erlang'];
    const { code, stderr } = await runConvoy([...words, ...named], { env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`fixed@\\S+, process \\d+, port ${port}`));
  });

  test('interrupted while the node starts, and while its shell is open, it leaves nothing', async () => {
    const { server, env } = scene;
    for (const moment of [/ok {2}Look for/, /stops when this shell ends/]) {
      const words = ['connect', server.target, ...server.words, '--start', '--runtime', 'erlang'];
      await using convoy = new ConvoyProcess(words, { env, keepsInput: true });
      await convoy.waitFor(moment);
      convoy.child.kill('SIGINT');
      const { code } = await convoy.result();
      assert.ok(code === 130 || code === 0, String(code));
      assert.deepEqual(scene.leftOvers(), []);
    }
  });
}

/** Nodes that run on the host already, and what goes wrong on the way to them. */
function testFoundNodes(scene: Scene): void {
  test('connects to a running node, with its cookie given or read', async () => {
    const { server, remote, hermit, farHome, env } = scene;
    const via = ['--via', `ssh://${server.target}`, ...server.words];
    const given = await runConvoy(['ping', `${app}@db1`, ...via, '--cookie-file', scene.cookieFile()], {
      env,
    });
    assert.match(given.stdout, new RegExp(`^pong from ${app}@db1`), given.stderr);
    writeFileSync(join(farHome, '.erlang.cookie'), cookie, { mode: 0o600 });
    const read = await runConvoy(['rpc', app, 'erlang', 'node', ...via, '--read-cookie'], { env });
    assert.equal(read.stdout, `:${app}@db1\n`, read.stderr);
    const shell = await runConvoy(['shell', `${app}@db1`, ...via, '--read-cookie'], {
      env,
      input: '6 * 7\n',
    });
    assert.match(shell.stdout, /\n42\n/, shell.stderr);
    const connected = await runConvoy(
      ['connect', server.target, ...server.words, '--node', loner, '--read-cookie'],
      { env, input: 'node().\n' },
    );
    assert.match(connected.stdout, new RegExp(`\n'${loner}@db1\\.example'\n`), connected.stderr);
    assert.ok(remote.isRunning && hermit.isRunning);
    assert.doesNotMatch(JSON.stringify([given, read, shell, connected]), new RegExp(cookie));
  });

  test(
    'asks for a node without escape sequences on a dumb terminal, until Ctrl-C',
    { skip: missingTerminal },
    async () => {
      const { server, env } = scene;
      const line = convoyLine('connect', server.target, ...server.words);
      await using terminal = new TestTerminal(line, { ...env, TERM: 'dumb' });
      await terminal.waitFor(/Which one\? 1 to \d+, or Enter to start a new one: /);
      terminal.type('\u0003');
      assert.equal(await terminal.ended(), 130);
      assert.doesNotMatch(terminal.text, /\u001b/);
      assert.deepEqual(scene.leftOvers(), []);
    },
  );

  test('lists the nodes of a host, with and without EPMD', async () => {
    const { server, remote, hermit, env } = scene;
    const via = ['--via', server.target, ...server.words];
    const { stdout, stderr } = await runConvoy(['nodes', ...via, '--json'], { env });
    const nodes = JSON.parse(stdout) as { name: string; source: string; osPid?: number }[];
    const [first, second] = [`${app}@db1`, `${loner}@db1.example`].map((name) =>
      nodes.find((one) => one.name === name),
    );
    assert.deepEqual([first?.source, first?.osPid], ['epmd', remote.osPid], stderr);
    assert.deepEqual([second?.source, second?.osPid], ['process', hermit.osPid], stderr);
  });

  test('reports failures with codes for scripts', async () => {
    const { server, farHome, env } = scene;
    const unknown = await runConvoy(['connect', server.target, ...server.words], { env: { HOME: farHome } });
    assert.deepEqual(
      [unknown.code, /\[SSH_HOST_KEY_UNKNOWN\]/.test(unknown.stderr)],
      [3, true],
      unknown.stderr,
    );
    const nobody = await runConvoy(['ping', 'nobody@db1', '--via', server.target, ...server.words], { env });
    assert.match(
      nobody.stderr,
      new RegExp(`the node nobody@db1 is not running on .*${app}@db1.*\\[HOST_NO_NODE\\]`, 's'),
    );
    assert.equal(nobody.code, 3);
    const noCookie = await runConvoy(['connect', server.target, ...server.words, '--node', app], { env });
    assert.match(noCookie.stderr, /\[HOST_NO_COOKIE\]/);
    const bad = await runConvoy(['connect', 'root@'], { env });
    assert.deepEqual([bad.code, /\[SSH_BAD_TARGET\]/.test(bad.stderr)], [2, true]);
  });
}
