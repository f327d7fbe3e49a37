/** Signals to npm itself, as a supervisor or a script sends them: the console that it started ends, and so do the console's nodes. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { endProcess, ProcessOutput } from '../support/child-process.ts';
import { launchNode } from '../support/console/console-api.ts';
import { eventually, eventuallyEqual } from '../support/eventually.ts';
import { onlyInAll } from '../support/extent.ts';
import { freePort } from '../support/free-port.ts';
import { type Clone, makeClone } from '../support/packed/clone.ts';
import { strangersEnvironment } from '../support/packed/prepared.ts';
import { killIfThere, processesWith } from '../support/processes.ts';
import { mayTake } from '../support/time-limit.ts';

const start = ['start'];
const up = ['run', '--silent', 'convoy', '--', 'up'];
/** As `npx`, which runs it in a shell. */
const exec = ['exec', '--', 'convoy', 'up'];

/** npm in a clone, with a console and one node of it. */
class NpmConsole implements AsyncDisposable {
  readonly output: ProcessOutput;
  readonly #npm: ReturnType<typeof spawn>;
  readonly #clone: Clone;
  readonly #dataDir: string;
  readonly #epmdPort: number;

  private constructor(command: readonly string[], clone: Clone, epmdPort: number) {
    this.#clone = clone;
    this.#epmdPort = epmdPort;
    this.#dataDir = mkdtempSync(join(tmpdir(), 'convoy-npm-'));
    const own = { ERL_EPMD_PORT: String(epmdPort), CONVOY_PORT: '0', CONVOY_DATA_DIR: this.#dataDir };
    const [file = '', ...words] = command;
    this.#npm = spawn(file, words, {
      cwd: clone.folder,
      env: { ...strangersEnvironment(), ...own },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.output = new ProcessOutput(this.#npm, command.join(' '));
  }

  static async start(command: readonly string[]): Promise<NpmConsole> {
    const npm = new NpmConsole(command, makeClone(), await freePort());
    try {
      const [url] = await npm.output.waitForMatch(/http:\/\/\S+\?token=\S+(?=\s)/, 120_000);
      const console = { url, dataDir: npm.#dataDir, epmdPort: npm.#epmdPort, process: npm.#npm };
      await launchNode({ ...console, output: () => '', [Symbol.asyncDispose]: async () => {} }, 'typescript');
      assert.ok(npm.left().length >= 2, 'a console and its node run');
      return npm;
    } catch (error) {
      await npm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Resolves while npm is building the page. */
  static async startBuilding(command: readonly string[]): Promise<NpmConsole> {
    const npm = new NpmConsole(command, makeClone(), await freePort());
    try {
      await eventually('the build of the page to run', 60_000, () =>
        npm.left().some((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('vite')),
      );
      return npm;
    } catch (error) {
      await npm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ids of the console and its nodes, and of npm while that runs. */
  left(): number[] {
    return processesWith(`ERL_EPMD_PORT=${this.#epmdPort}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#npm.kill(signal);
  }

  /** Types at the terminal that npm runs in. */
  type(text: string): void {
    this.#npm.stdin?.write(text);
  }

  /** Once it has ended; the code of its command where it is `script -e`. */
  async exitCode(): Promise<number | null> {
    await this.output.closed;
    return this.#npm.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.left()) killIfThere(id);
    await endProcess(this.#npm);
    rmSync(this.#dataDir, { recursive: true, force: true });
    this.#clone[Symbol.dispose]();
  }
}

function allow(t: TestContext): void {
  mayTake(t, { seconds: 60, because: 'npm builds the page and starts a console' });
}

describe('the console of npm ends with it', () => {
  for (const { words, signal, skip } of [
    { words: start, signal: 'SIGHUP', skip: false },
    { words: up, signal: 'SIGTERM', skip: false },
    { words: exec, signal: 'SIGTERM', skip: false },
    { words: exec, signal: 'SIGHUP', skip: onlyInAll() },
    { words: start, signal: 'SIGTERM', skip: onlyInAll() },
    { words: up, signal: 'SIGHUP', skip: onlyInAll() },
  ] as const) {
    test(`npm ${words.join(' ')}: ${signal}`, { skip }, async (t) => {
      allow(t);
      await using npm = await NpmConsole.start(['npm', ...words]);
      npm.kill(signal);
      await eventuallyEqual(() => npm.left(), []);
    });
  }

  for (const { signal, skip } of [
    { signal: 'SIGHUP', skip: false },
    { signal: 'SIGTERM', skip: onlyInAll() },
    { signal: 'SIGINT', skip: onlyInAll() },
  ] as const) {
    test(`npm start, while it builds the page: ${signal}`, { skip }, async (t) => {
      allow(t);
      await using npm = await NpmConsole.startBuilding(['npm', ...start]);
      npm.kill(signal);
      await eventuallyEqual(() => npm.left(), []);
      assert.doesNotMatch(npm.output.text, /http:/);
    });
  }

  const noTerminal =
    spawnSync('script', ['--version']).status !== 0 && 'script (util-linux) is not installed';
  test('Ctrl-C, which the console gets twice, is one Ctrl-C', { skip: noTerminal }, async (t) => {
    allow(t);
    // By exec: a shell between the terminal and npm would receive Ctrl-C, too, and dash ends when it does.
    const command = `exec npm ${up.join(' ')}`;
    await using npm = await NpmConsole.start(['script', '-qfec', command, '/dev/null']);
    npm.type('\x03');
    // Not 130: the console has ended its nodes by itself, one after another.
    assert.equal(await npm.exitCode(), 0);
    await eventuallyEqual(() => npm.left(), []);
  });
});
