/** A node, and a peer that knows the cookie and says exactly what a test wants said. */

import {
  createMemoryNetwork,
  createNoResolver,
  createStaticResolver,
  inspect,
  type Node,
  type NodeOptions,
  Pid,
  Reference,
  startNode,
  type Term,
  type Transport,
} from '@convoy/node';
import { type Connection, dialPeer } from '@convoy/node/connection';
import { type Control } from '../../src/distribution/control-messages.ts';
import { visibleFlags } from '../../src/distribution/flags.ts';

export const cookie = 'c';
const us = 'raw@memory.test';

/** The node and the raw peer's connection to it. */
export class RawPeer implements AsyncDisposable {
  readonly node: Node;
  readonly connection: Connection;
  readonly heard: { readonly control: Control; readonly payload: Term }[] = [];
  #wake: (() => void) | undefined;

  constructor(node: Node, connection: Connection) {
    this.node = node;
    this.connection = connection;
    connection.onMessage((control, payload) => {
      // Visible nodes introduce themselves; that is not what is tested here.
      if (control.kind === 'REG_SEND' && control.to === 'global_name_server') return;
      this.heard.push({ control, payload });
      this.#wake?.();
    });
  }
  /** `options` are those of the node. */
  static async start(flags: bigint = visibleFlags, options: Partial<NodeOptions> = {}): Promise<RawPeer> {
    const transport = createMemoryNetwork().transport();
    const node = await startNode({
      name: 'n@memory.test',
      cookie,
      transport,
      resolver: createNoResolver(),
      ...options,
    });
    return RawPeer.dial(node, transport, { flags });
  }

  /** Another peer of a node that listens on `transport`. */
  static async dial(
    node: Node,
    transport: Transport,
    { name = us, flags = visibleFlags }: { readonly name?: string; readonly flags?: bigint } = {},
  ): Promise<RawPeer> {
    const resolver = createStaticResolver({ [node.name]: { host: 'memory', port: node.port ?? 0 } });
    const self = { name, creation: 9, cookie, hidden: false, flags };
    return new RawPeer(node, await dialPeer({ self, peer: node.name, resolver, transport }));
  }

  /** A process of ours, or of `node`. */
  pid(id: number, node: string = us): Pid {
    return new Pid(node, id, 0, node === us ? 9 : this.node.creation);
  }
  ref(id: number): Reference {
    return new Reference(us, 9, [id, 0, 0]);
  }
  async nextMessage(): Promise<{ readonly control: Control; readonly payload: Term }> {
    while (this.heard.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.heard.shift() as { control: Control; payload: Term };
  }
  async next(): Promise<string> {
    const { control, payload } = await this.nextMessage();
    return `${control.kind} ${'id' in control ? control.id : inspect(payload)}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.node.close();
  }
}
