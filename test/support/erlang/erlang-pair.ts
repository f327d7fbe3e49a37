/** A Convoy node and an Erlang node with a common EPMD, for one suite. */

import { after, before } from 'node:test';
import type { Node } from '@convoy/node';
import { ErlangCluster } from './erlang-cluster.ts';
import type { ErlangNode, OtpRelease } from './erlang-node.ts';

/** They run from `before` to `after` of the suite. */
export class ErlangPair {
  readonly release: OtpRelease;
  readonly cookie: string;
  /** Full names. */
  readonly us: string;
  readonly peer: string;
  #cluster: ErlangCluster | undefined;
  #node: Node | undefined;
  #erl: ErlangNode | undefined;

  /** Call it in a suite. */
  constructor({ release, cookie }: { readonly release: OtpRelease; readonly cookie: string }) {
    this.release = release;
    this.cookie = cookie;
    this.us = `ts${release}@127.0.0.1`;
    this.peer = `erl${release}@127.0.0.1`;
    before(() => this.#start());
    after(() => this.#cluster?.[Symbol.asyncDispose]());
  }

  get cluster(): ErlangCluster {
    return this.#cluster!;
  }

  get node(): Node {
    return this.#node!;
  }

  get erl(): ErlangNode {
    return this.#erl!;
  }

  /** Evaluates on the Erlang node, with separate variables. */
  readonly run = (body: string): Promise<string> => this.erl.eval(`(fun() -> ${body} end)().`);

  async #start(): Promise<void> {
    this.#cluster = await ErlangCluster.start({ cookie: this.cookie, release: this.release });
    this.#node = await this.#cluster.own(this.us);
    this.#erl = await this.#cluster.erlang(this.peer);
  }
}
