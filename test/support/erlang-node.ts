/**
 * Starts a real Erlang or Elixir node for a test and evaluates expressions on it over its standard input and output.
 * The cookie goes into a 0600 file of a throw-away HOME, never into argv. The node halts when its input ends, so it
 * cannot outlive the test run; `await using` ends it by its own process id.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstallation, type OtpRelease, type PeerKind } from './erlang-release.ts';
import { erlangLoop, elixirLoop } from './erlang-loops.ts';
import type { Namespace } from './namespaces.ts';
import { endProcess } from './test-epmd.ts';

export { missingPeer, otpReleases, type OtpRelease, type PeerKind } from './erlang-release.ts';
export { freePort, startTestEpmd, type TestEpmd } from './test-epmd.ts';

export interface ErlangNodeOptions {
  /** Full name. A host with a dot or a colon makes it a long name. */
  readonly name: string;
  readonly cookie: string;
  /** Port of an EPMD that already runs, e.g. `startTestEpmd()`. The node never starts one itself. */
  readonly epmdPort: number;
  /** Default '25'. */
  readonly release?: OtpRelease;
  /** What `eval` takes: Erlang expressions or Elixir. Default 'erl'. */
  readonly kind?: PeerKind;
  /** More emulator arguments, e.g. `['-hidden']`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The network it is in, where that is not this machine's own. No EPMD of the outside is reached from there. */
  readonly namespace?: Namespace;
  /** For the start and, unless it is given there, for each `eval`. Default 20 s. */
  readonly timeoutMs?: number;
}

/** A running node. */
export class ErlangNode implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #timeoutMs: number;
  readonly #home: string;
  #output = '';
  #searched = 0;
  #nextId = 1;
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcessWithoutNullStreams, home: string, options: ErlangNodeOptions) {
    this.name = options.name;
    this.#child = child;
    this.#home = home;
    this.#timeoutMs = options.timeoutMs ?? 20_000;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#wake();
      });
    }
    child.stdin.on('error', () => undefined);
    child.on('exit', () => this.#wake());
  }

  /** Process id of the emulator. */
  get osPid(): number {
    return this.#child.pid ?? -1;
  }

  /** Whether the emulator still runs. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything it has printed so far, results of `eval` included. */
  get output(): string {
    return this.#output;
  }

  /**
   * Evaluates Erlang expressions (`foo(), bar().`; Elixir when `kind` is 'elixir') one call after the other in one
   * process, keeping variables, and gives the printed value (`~0tp`, `inspect`). An exception rejects with its text.
   */
  async eval(expression: string, timeoutMs: number = this.#timeoutMs): Promise<string> {
    const id = this.#nextId;
    this.#nextId += 1;
    const text = expression.trimEnd();
    const whole = text.endsWith('.') ? text : `${text}.`;
    this.#child.stdin.write(`${id} ${Buffer.from(whole).toString('base64')}\n`);
    const [, outcome, encoded = ''] = await this.#untilMatch(
      new RegExp(`\\u0002${id} (ok|error) ([^\\u0003]*)\\u0003`),
      { timeoutMs, what: `the value of ${expression}` },
    );
    const value = Buffer.from(encoded, 'base64').toString('utf8');
    if (outcome === 'error') throw new Error(`${this.name} failed to evaluate ${expression}: ${value}`);
    return value;
  }

  /** Waits until what it printed since the last `waitFor` matches. */
  async waitFor(pattern: RegExp, timeoutMs: number = this.#timeoutMs): Promise<RegExpExecArray> {
    const match = await this.#untilMatch(pattern, {
      timeoutMs,
      what: `output like ${pattern}`,
      from: this.#searched,
    });
    this.#searched += match.index + match[0].length;
    return match;
  }

  /** Waits until it has ended by itself. */
  async exited(): Promise<void> {
    if (this.isRunning) await once(this.#child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#child);
    rmSync(this.#home, { recursive: true, force: true });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }

  #untilMatch(
    pattern: RegExp,
    options: { timeoutMs: number; what: string; from?: number },
  ): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        action();
      };
      const fail = (why: string): void =>
        settle(() =>
          reject(new Error(`${this.name} ${why} instead of ${options.what}; it printed:\n${this.#output}`)),
        );
      const check = (): void => {
        const match = pattern.exec(this.#output.slice(options.from ?? 0));
        if (match !== null) settle(() => resolve(match));
        else if (!this.isRunning) fail(`ended (${this.#child.exitCode ?? this.#child.signalCode})`);
      };
      const timer = setTimeout(() => fail(`was silent for ${options.timeoutMs} ms`), options.timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** @internal Resolves when the evaluation loop has announced itself. */
  async untilReady(): Promise<this> {
    await this.#untilMatch(/\u00020 ready \u0003/, { timeoutMs: this.#timeoutMs, what: 'starting' });
    return this;
  }
}

/** Starts a node and resolves when it is up and evaluates. Throws with its output when it does not start. */
export async function startErlangNode(options: ErlangNodeOptions): Promise<ErlangNode> {
  const installation = findInstallation(options.release ?? '25');
  if (installation === undefined) throw new Error(`OTP ${options.release ?? '25'} is not installed`);
  const { root } = installation;
  const home = makeHome(root, options.cookie);
  const program = programArguments(options);
  const inRoot = root === '' ? program : ['chroot', root, ...program];
  const [command = '', ...args] = options.namespace?.command(...inRoot) ?? inRoot;
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin:/usr/sbin:/sbin',
      LANG: 'C.UTF-8',
      HOME: home.slice(root.length),
      ERL_EPMD_PORT: String(options.epmdPort),
      ...options.env,
    },
  });
  child.on('error', () => undefined);
  const node = new ErlangNode(child, home, options);
  try {
    return await node.untilReady();
  } catch (error) {
    await node[Symbol.asyncDispose]();
    throw error;
  }
}

function makeHome(root: string, cookie: string): string {
  const home = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'convoy-erl-'));
  writeFileSync(join(home, '.erlang.cookie'), cookie, { mode: 0o600 });
  return home;
}

function programArguments(options: ErlangNodeOptions): string[] {
  const host = options.name.slice(options.name.indexOf('@') + 1);
  const nameKind = /[.:]/.test(host) ? 'name' : 'sname';
  const emulator = ['-start_epmd', 'false', ...(options.args ?? [])];
  if (options.kind === 'elixir') {
    return ['elixir', `--${nameKind}`, options.name, '--erl', emulator.join(' '), '-e', elixirLoop];
  }
  return ['erl', '-noshell', `-${nameKind}`, options.name, ...emulator, '-eval', erlangLoop];
}
