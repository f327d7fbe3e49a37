/** What is kept of a node that was started on a host, so that it is found again by a later start of whoever started it. */

import type { ProviderNodeKind } from '../providers/provider.ts';

/** Holds a secret: keep it in a file that nobody else can read. */
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
  add(node: RememberedNode): void;
  delete(name: string): void;
}
