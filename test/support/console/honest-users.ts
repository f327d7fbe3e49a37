/** Users of a console under attack: each repeats one action, and records how long it takes. */

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { atom, type Node, tuple } from '@convoy/node';
import type { LaunchView, NodeView } from '@convoy/console/protocol';
import { eventually } from '../eventually.ts';
import type { ConsoleClient } from './live-client.ts';

/** How long a user or a program waits before giving up. */
const attempts = 3;

export class HonestUser {
  readonly name: string;
  done = 0;
  slowestMs = 0;
  /** Failed attempts that were retried. */
  retries = 0;
  readonly failures: string[] = [];
  readonly #pauseMs: number;
  readonly #act: (turn: number) => Promise<void>;
  #total = 0;

  constructor(name: string, { pauseMs }: { readonly pauseMs: number }, act: (turn: number) => Promise<void>) {
    this.name = name;
    this.#pauseMs = pauseMs;
    this.#act = act;
  }

  get meanMs(): number {
    return this.done === 0 ? 0 : this.#total / this.done;
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let turn = 1; !signal.aborted; turn += 1) {
      const startedAt = performance.now();
      try {
        await this.#try(turn);
        const tookMs = performance.now() - startedAt;
        this.done += 1;
        this.#total += tookMs;
        this.slowestMs = Math.max(this.slowestMs, tookMs);
      } catch (error) {
        if (this.failures.length < 20) this.failures.push(`turn ${turn}: ${(error as Error).message}`);
      }
      await delay(this.#pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #try(turn: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#act(turn);
      } catch (error) {
        if (attempt === attempts) throw error;
        this.retries += 1;
      }
    }
  }

  describe(): string {
    const { name, done, retries, failures, meanMs, slowestMs } = this;
    return `${name}: ${done} done, ${retries} tries in vain, ${failures.length} failed, ${Math.round(meanMs)} ms, at most ${Math.round(slowestMs)} ms`;
  }
}

/** Reads the list of nodes, in which all of `nodes` must be up. */
export function listsNodes(client: ConsoleClient, nodes: readonly string[]): HonestUser {
  return new HonestUser('list of nodes', { pauseMs: 300 }, async () => {
    const answer = await within(20_000, client.ask('/api/nodes'));
    const views = answer.json as NodeView[];
    for (const node of nodes) {
      const status = views.find(({ name }) => name === node)?.status;
      if (status !== 'up') throw new Error(`${node} is ${status}`);
    }
  });
}

/** Adds numbers in a shell, which stays open the whole time. `end` ends an expression. */
export async function addsInShell(
  client: ConsoleClient,
  { node, kind, end }: { readonly node: string; readonly kind: 'erl' | 'ts'; readonly end: string },
): Promise<HonestUser> {
  const live = await client.live();
  const requestId = randomBytes(8).toString('hex');
  live.send({ type: 'shell.open', requestId, node, kind, cols: 80, rows: 24, client: requestId });
  const { shell } = await live.message('shell.opened', (one) => one.requestId === requestId, 60_000);
  return new HonestUser(`shell of ${node}`, { pauseMs: 300 }, async (turn) => {
    live.messages.length = 0;
    live.type(shell.id, `5000000 + ${turn}${end}\r`);
    await eventually('the sum', 30_000, () => live.shellText(shell.id).includes(String(5_000_000 + turn)));
  });
}

/** Opens a new connection to the nodes each time, like `net_adm:ping/1` on a newly started node. */
export function pings(visitor: Node, nodes: readonly string[]): HonestUser {
  return new HonestUser('ping', { pauseMs: 400 }, async (turn) => {
    const peer = nodes[turn % nodes.length] ?? '';
    visitor.disconnect(peer);
    const signal = AbortSignal.timeout(20_000);
    await visitor.connect(peer, { signal });
    const question = tuple(atom('is_auth'), atom(visitor.name));
    await visitor.call({ name: 'net_kernel', node: peer }, question, { timeoutMs: 20_000, signal });
  });
}

/** Launches a node, and deletes it when it is up. */
export function launches(client: ConsoleClient): HonestUser {
  return new HonestUser('launch and stop', { pauseMs: 3000 }, async () => {
    const asked = client.ask('/api/nodes', { body: { kind: 'typescript' } });
    const { json, status } = await within(20_000, asked);
    if (status !== 202) throw new Error(JSON.stringify(json));
    const { id, node } = json as LaunchView;
    try {
      await eventually(`${node} to be up`, 60_000, async () => {
        const view = (await client.ask(`/api/launches/${id}`)).json as LaunchView;
        if (view.state === 'failed') throw new Error(view.problem?.message);
        return view.state === 'ready';
      });
    } finally {
      await within(20_000, client.ask(`/api/nodes/${encodeURIComponent(node)}`, { method: 'DELETE' }));
    }
  });
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = new AbortController();
  const deadline = delay(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer in ${ms} ms`);
  });
  deadline.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    late.abort();
  }
}
