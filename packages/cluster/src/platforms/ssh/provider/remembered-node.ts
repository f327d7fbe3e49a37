/** The saved details of a node that was started on a host, so that the program that started it finds it after a restart. */

import type { ProviderNodeKind } from '../../../launch/provider.ts';

/** Contains a secret: keep it in a file that other users cannot read. */
export interface RememberedNode {
  /** Names its folder on the host. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** Where it listens, on loopback there. */
  readonly port: number;
  readonly osPid: number;
  /** The cookie of our link with it. It holds for our node's name only. */
  readonly linkCookie: string;
}

/** Where remembered nodes are kept. */
export interface NodeMemory {
  /** Remembers a node that was started; replaces one of the same name. */
  add(node: RememberedNode): void;
  /** Forgets a node that has ended, by its full name. */
  delete(name: string): void;
}
