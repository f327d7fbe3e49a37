/** The saved details of a node on a host, by which the program that started it finds it again after a restart. */

import type { ProviderNodeKind } from '../../../launch/provider.ts';

/** Contains a secret: keep it in a file that other users cannot read. */
export interface RememberedNode {
  /** Name of its folder on the host. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** The port it listens on, on loopback of the host. */
  readonly port: number;
  readonly osPid: number;
  /** The cookie of the link between our node and this one. It is valid for the name of our node only. */
  readonly linkCookie: string;
}

/** Where remembered nodes are kept. */
export interface NodeMemory {
  /** Saves a started node; replaces an earlier one of the same name. If it fails, so does the launch. */
  add(node: RememberedNode): Promise<void> | void;
  /** Removes a node that has ended, by its full name. */
  delete(name: string): Promise<void> | void;
}
