/** Several consoles, one after another, on one data directory and one port of EPMD: what the next finds of the one before. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchView, LogLine, NodeView } from '@convoy/console/protocol';
import { freePort } from '../free-port.ts';
import { eventually } from '../eventually.ts';
import { killIfThere, processesWith } from '../processes.ts';
import { type ConsoleProcess, startConsoleProcess } from '../console/console-process.ts';
import { ConsoleClient } from '../console/live-client.ts';

/** What a test asks for when it launches a node. */
export interface Asked {
  readonly kind: string;
  readonly name?: string;
  readonly keep?: boolean;
  readonly join?: boolean;
  readonly place?: { readonly key: string };
  readonly memoryMb?: number;
  readonly program?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The consoles of one data directory. No two run at the same time. */
export class ConsoleLives implements AsyncDisposable {
  readonly dataDir: string = mkdtempSync(join(tmpdir(), 'convoy-lives-'));
  readonly epmdPort: number;
  readonly #env: NodeJS.ProcessEnv;
  #running: ConsoleProcess | undefined;
  #client: ConsoleClient | undefined;

  /** Starts the first console. `env` adds to the environment of each. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<ConsoleLives> {
    const lives = new ConsoleLives(await freePort(), env);
    await lives.next();
    return lives;
  }

  private constructor(epmdPort: number, env: NodeJS.ProcessEnv) {
    this.epmdPort = epmdPort;
    this.#env = env;
  }

  /** The client of the console that runs. */
  get client(): ConsoleClient {
    assert.ok(this.#client !== undefined);
    return this.#client;
  }

  /** What the console that runs has printed. */
  output(): string {
    return this.#running?.output() ?? '';
  }

  /** Starts the next console. */
  async next(): Promise<void> {
    const { dataDir, epmdPort } = this;
    this.#running = await startConsoleProcess({ dataDir, epmdPort, env: this.#env });
    this.#client = new ConsoleClient(this.#running.url);
  }

  /** Ends the console that runs. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    const { process } = running;
    const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()));
    process.kill(signal);
    await ended;
  }

  /** Launches a node, and waits until it is up. */
  async launch(body: Asked): Promise<NodeView> {
    const { status, json, text } = await this.client.ask('/api/nodes', { body });
    assert.equal(status, 202, text);
    const { id, node } = json as LaunchView;
    let view = json as LaunchView;
    await eventually(`the launch of ${node} to be over`, 60_000, async () => {
      view = (await this.client.ask(`/api/launches/${id}`)).json as LaunchView;
      return view.state !== 'running';
    });
    assert.equal(view.state, 'ready', JSON.stringify(view));
    return this.waitFor(node, 'up');
  }

  async node(name: string): Promise<NodeView | undefined> {
    const { json } = await this.client.ask('/api/nodes');
    return (json as NodeView[]).find((view) => view.name === name);
  }

  /** Waits until a node has one of these statuses. */
  async waitFor(name: string, ...statuses: readonly NodeView['status'][]): Promise<NodeView> {
    let view: NodeView | undefined;
    const hasOne = async (): Promise<boolean> => {
      view = await this.node(name);
      return view !== undefined && statuses.includes(view.status);
    };
    await eventually(() => `${name} to be ${statuses.join(' or ')}: ${JSON.stringify(view)}`, 60_000, hasOne);
    assert.ok(view !== undefined);
    return view;
  }

  /** Waits until the log of a node has a line that matches. */
  async waitForLine(name: string, pattern: RegExp): Promise<void> {
    let lines: LogLine[] = [];
    await eventually(
      () => `${pattern} in the log of ${name}: ${lines.map(({ text }) => text).join('\n')}`,
      60_000,
      async () => {
        const { status, json } = await this.client.ask(`/api/nodes/${name}/logs?lines=500`);
        lines = status === 200 ? (json as LogLine[]) : [];
        return lines.some(({ text }) => pattern.test(text));
      },
    );
  }

  async delete(name: string): Promise<void> {
    const { status, text } = await this.client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
    assert.equal(status, 204, text);
  }

  /** Ids of the processes that run for these consoles, but their own: nodes, and the shells that wait for kept ones. */
  processes(): number[] {
    const own = this.#running?.process.pid;
    return processesWith(`ERL_EPMD_PORT=${this.epmdPort}`).filter((id) => id !== own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    for (const id of this.processes()) killIfThere(id);
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
