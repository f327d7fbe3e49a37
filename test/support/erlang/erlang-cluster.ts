/**
 * The EPMD of a test, with the Erlang and Convoy nodes that find each other through it. `await using` stops all of them, the last
 * one first. A suite keeps it from `before` to `after`; nodes that the test has already stopped are left alone.
 */

import { type Node, startNode } from '@convoy/node';
import { type ErlangNode, type ErlangNodeOptions, startErlangNode } from './erlang-node.ts';
import type { OtpRelease } from './erlang-release.ts';
import { startTestEpmd } from './test-epmd.ts';

export interface ErlangClusterOptions {
  /** Cookie of every node without one of its own. */
  readonly cookie: string;
  /** Release of its Erlang nodes. Default '25'. */
  readonly release?: OtpRelease;
}

type OwnNodeOptions = Omit<Partial<Parameters<typeof startNode>[0]>, 'name' | 'epmdPort'>;

export class ErlangCluster implements AsyncDisposable {
  readonly epmdPort: number;
  readonly #options: ErlangClusterOptions;
  readonly #stack: AsyncDisposableStack;

  private constructor(options: ErlangClusterOptions, started: { port: number; stack: AsyncDisposableStack }) {
    this.epmdPort = started.port;
    this.#options = options;
    this.#stack = started.stack;
  }

  static async start(options: ErlangClusterOptions): Promise<ErlangCluster> {
    const stack = new AsyncDisposableStack();
    const { port } = stack.use(await startTestEpmd());
    return new ErlangCluster(options, { port, stack });
  }

  /** Starts an Erlang node, or one of Elixir by `kind`. A name without a host is on 127.0.0.1. */
  async erlang(
    name: string,
    options: Omit<Partial<ErlangNodeOptions>, 'name' | 'epmdPort'> = {},
  ): Promise<ErlangNode> {
    const all = { ...this.#options, ...options, name: fullName(name), epmdPort: this.epmdPort };
    return this.#stack.use(await startErlangNode(all));
  }

  /** Starts a Convoy node that is registered with the EPMD. A name without a host is on 127.0.0.1. */
  async own(name: string, options: OwnNodeOptions = {}): Promise<Node> {
    const { cookie } = this.#options;
    const all = {
      cookie,
      epmd: 'system',
      ...options,
      name: fullName(name),
      epmdPort: this.epmdPort,
    } as const;
    return this.#stack.use(await startNode(all));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function fullName(name: string): string {
  return name.includes('@') ? name : `${name}@127.0.0.1`;
}
