/** A real node with a shell, and a hidden Convoy node that opens shells on it, for one suite. */

import { after, before } from 'node:test';
import type { Node } from '@convoy/node';
import { openShell, type ShellSession } from '@convoy/shell';
import { ErlangCluster } from './erlang-cluster.ts';
import type { ErlangNode, OtpRelease, PeerKind } from './erlang-node.ts';
import { eventuallyEqual } from '../eventually.ts';

export interface ShellSceneOptions {
  readonly release: OtpRelease;
  readonly peerKind: PeerKind;
  /** An expression that lists what is left of shells on the node. */
  readonly leftOvers: string;
}

type OpenOptions = Partial<Parameters<typeof openShell>[0]>;

/** Exists from `before` to `after` of the suite that creates it. */
export class ShellScene {
  readonly target = 'app@127.0.0.1';
  readonly #options: ShellSceneOptions;
  #cluster: ErlangCluster | undefined;
  #peer: ErlangNode | undefined;
  #viewer: Node | undefined;

  /** Call it in a suite. */
  constructor(options: ShellSceneOptions) {
    this.#options = options;
    before(() => this.#start());
    after(() => this.#cluster?.[Symbol.asyncDispose]());
  }

  get cluster(): ErlangCluster {
    return started(this.#cluster);
  }

  get peer(): ErlangNode {
    return started(this.#peer);
  }

  get viewer(): Node {
    return started(this.#viewer);
  }

  open(options: OpenOptions = {}): Promise<ShellSession> {
    const size = { cols: 80, rows: 24 };
    return openShell({ node: this.viewer, target: this.target, kind: 'auto', ...size, ...options });
  }

  waitForClean(): Promise<void> {
    return eventuallyEqual(() => this.peer.eval(this.#options.leftOvers), '[]');
  }

  async #start(): Promise<void> {
    const { release, peerKind } = this.#options;
    this.#cluster = await ErlangCluster.start({ cookie: 'shells', release });
    this.#peer = await this.#cluster.erlang(this.target, { kind: peerKind });
    this.#viewer = await this.#cluster.own('viewer', { hidden: true });
  }
}

function started<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('the suite has not started');
  return part;
}
