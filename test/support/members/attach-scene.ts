/** A console with a home folder of its own, clusters that it did not start, and the command that attaches them. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsoleProcess, startConsoleProcess } from '../console/console-process.ts';
import { type ConvoyResult, runConvoy } from '../convoy-command.ts';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import type { ErlangNode, OtpRelease } from '../erlang/erlang-node.ts';

/** A cluster of real nodes, each connected to all others. */
export interface ForeignCluster {
  readonly nodes: readonly ErlangNode[];
  readonly epmdPort: number;
  readonly cookie: string;
  readonly cookieFile: string;
  /** The flags by which `convoy attach` reaches it. */
  readonly way: readonly string[];
}

export interface ForeignClusterOptions {
  readonly cookie: string;
  readonly release?: OtpRelease;
  /** The parts before the @ of its nodes. Default `app` and `web`. */
  readonly names?: readonly string[];
}

export class AttachScene implements AsyncDisposable {
  readonly home: string;
  /** For `convoy`. */
  readonly env: NodeJS.ProcessEnv;
  readonly #stack: AsyncDisposableStack;
  #console: ConsoleProcess | undefined;

  /** `home` is a folder that exists, for example one with a key for SSH. Default: a new one. */
  constructor(home?: string) {
    this.#stack = new AsyncDisposableStack();
    this.home = home ?? mkdtempSync(join(tmpdir(), 'convoy-attach-home-'));
    this.env = { HOME: this.home, XDG_CONFIG_HOME: this.home, SSH_AUTH_SOCK: '' };
    if (home === undefined) this.#stack.defer(() => rmSync(this.home, { recursive: true, force: true }));
  }

  /** Starts the console. */
  async startConsole(args: string[] = []): Promise<ConsoleProcess> {
    const convoy = this.#stack.use(await startConsoleProcess({ env: this.env, args }));
    this.#console = convoy;
    return convoy;
  }

  /** Starts a cluster with an EPMD of its own, so that two of them may have nodes of the same names. */
  async startCluster({
    cookie,
    names = ['app', 'web'],
    ...release
  }: ForeignClusterOptions): Promise<ForeignCluster> {
    const cluster = this.#stack.use(await ErlangCluster.start({ cookie, ...release }));
    const nodes: ErlangNode[] = [];
    for (const name of names) {
      const node = await cluster.erlang(name);
      for (const other of nodes) assert.equal(await node.eval(`net_adm:ping('${other.name}')`), 'pong');
      nodes.push(node);
    }
    const cookieFile = join(this.home, `${cookie}.cookie`);
    writeFileSync(cookieFile, `${cookie}\n`, { mode: 0o600 });
    const { epmdPort } = cluster;
    const way = ['--epmd-port', String(epmdPort), '--cookie-file', cookieFile];
    return { nodes, epmdPort, cookie, cookieFile, way };
  }

  /** Runs the command on the console. */
  run(...words: readonly string[]): Promise<ConvoyResult> {
    return runConvoy(words, { env: { ...this.env, CONVOY_DATA_DIR: this.#console?.dataDir } });
  }

  /** Runs the command with `--json`, and asserts that it succeeds. */
  async json<Answer>(...words: readonly string[]): Promise<Answer> {
    const { code, stdout, stderr } = await this.run(...words, '--json');
    assert.equal(code, 0, stderr + stdout);
    return JSON.parse(stdout) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
