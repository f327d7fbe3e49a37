/**
 * Starts a real Erlang or Elixir node for a test and evaluates expressions on it over its standard input and output.
 * The cookie goes into a 0600 file of a throw-away HOME, never into argv. The node halts when its input ends, so it
 * cannot outlive the test run; `await using` ends it by its own process id.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import { endProcess, isRunning, ProcessOutput } from '../child-process.ts';
import { findInstallation, type OtpRelease, type PeerKind } from './erlang-release.ts';
import { erlangLoop, elixirLoop } from './erlang-loops.ts';
import type { Namespace } from '../network/namespaces.ts';

export { missingPeer, type OtpRelease, type PeerKind } from './erlang-release.ts';
export { freePort } from '../free-port.ts';
export { startTestEpmd } from './test-epmd.ts';

export interface ErlangNodeOptions {
  /** Full name. A host with a dot or a colon makes it a long name. */
  readonly name: string;
  readonly cookie: string;
  /** Port of a running EPMD, e.g. `startTestEpmd()`. The node never starts one itself. */
  readonly epmdPort: number;
  /** Default '25'. */
  readonly release?: OtpRelease;
  /** The language of `eval`: Erlang expressions or Elixir. Default 'erl'. */
  readonly kind?: PeerKind;
  /** More emulator arguments, e.g. `['-hidden']`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The network of the node, if not that of this machine. No outside EPMD can be reached from there. */
  readonly namespace?: Pick<Namespace, 'command'>;
  /** Timeout of the start, and the default of each `eval`. Default 60 s. */
  readonly timeoutMs?: number;
}

/** A running node. */
export class ErlangNode implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #timeoutMs: number;
  readonly #home: string;
  readonly #output: ProcessOutput;
  #searched = 0;
  #nextId = 1;

  constructor(child: ChildProcessWithoutNullStreams, home: string, options: ErlangNodeOptions) {
    this.name = options.name;
    this.#child = child;
    this.#home = home;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#output = new ProcessOutput(child, options.name);
    child.stdin.on('error', () => undefined);
  }

  /** Process id of the emulator. */
  get osPid(): number {
    return this.#child.pid ?? -1;
  }

  /** Whether the emulator is still running. */
  get isRunning(): boolean {
    return isRunning(this.#child);
  }

  /** All output so far, including results of `eval`. */
  get output(): string {
    return this.#output.text;
  }

  /**
   * Evaluates Erlang expressions (`foo(), bar().`; Elixir when `kind` is 'elixir') one call after the other in one
   * process, keeping variables, and returns the printed value (`~0tp`, `inspect`). An exception rejects with its text.
   */
  async eval(expression: string, timeoutMs: number = this.#timeoutMs): Promise<string> {
    const id = this.#nextId;
    this.#nextId += 1;
    const text = expression.trimEnd();
    const whole = text.endsWith('.') ? text : `${text}.`;
    this.#child.stdin.write(`${id} ${Buffer.from(whole).toString('base64')}\n`);
    const [, outcome, encoded = ''] = await this.#waitForMatch(
      new RegExp(`\\u0002${id} (ok|error) ([^\\u0003]*)\\u0003`),
      { timeoutMs, what: `the value of ${expression}` },
    );
    const value = Buffer.from(encoded, 'base64').toString('utf8');
    if (outcome === 'error') throw new Error(`${this.name} failed to evaluate ${expression}: ${value}`);
    return value;
  }

  /** Waits until the output since the last `waitFor` matches. */
  async waitFor(pattern: RegExp, timeoutMs: number = this.#timeoutMs): Promise<RegExpExecArray> {
    const match = await this.#waitForMatch(pattern, {
      timeoutMs,
      what: `output like ${pattern}`,
      from: this.#searched,
    });
    this.#searched += match.index + match[0].length;
    return match;
  }

  /** Waits until it has ended by itself, and all of its output has been read. */
  async exited(): Promise<void> {
    await this.#output.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.#child);
    rmSync(this.#home, { recursive: true, force: true });
  }

  #waitForMatch(
    pattern: RegExp,
    { timeoutMs, what, from = 0 }: { timeoutMs: number; what: string; from?: number },
  ): Promise<RegExpExecArray> {
    return this.#output.waitFor(({ text }) => pattern.exec(text.slice(from)), { what, timeoutMs });
  }

  /** @internal Resolves when the evaluation loop has announced itself. */
  async waitForReady(): Promise<this> {
    await this.#waitForMatch(/\u00020 ready \u0003/, { timeoutMs: this.#timeoutMs, what: 'starting' });
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
  const node = new ErlangNode(child, home, options);
  try {
    return await node.waitForReady();
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
  const { host } = splitNodeName(options.name);
  const nameKind = isLongHost(host) ? 'name' : 'sname';
  const emulator = ['-start_epmd', 'false', ...(options.args ?? [])];
  if (options.kind === 'elixir') {
    return ['elixir', `--${nameKind}`, options.name, '--erl', emulator.join(' '), '-e', elixirLoop];
  }
  return ['erl', '-noshell', `-${nameKind}`, options.name, ...emulator, '-eval', erlangLoop];
}
