/** The saved details of a launched node, by which the program that started it finds it again after a restart. */

import type { ProviderNodeKind } from './provider.ts';

/** Contains a secret: keep it in a file that other users cannot read. */
export interface RememberedNode {
  /** Name of its folder where it runs. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** The port it listens on, on loopback. */
  readonly port: number;
  readonly osPid: number;
  /** The cookie of the link between our node and this one. It is valid for the name of our node only. */
  readonly linkCookie: string;
  /** Whether it lives on without an owner. */
  readonly keep: boolean;
  /** Whether it joins the other nodes of its launcher. */
  readonly join: boolean;
  /** Its memory limit in MB. */
  readonly memoryMb?: number | undefined;
}

/** Where remembered nodes are kept. */
export interface NodeMemory {
  /** Saves a started node; replaces an earlier one of the same name. If it fails, so does the launch. */
  add(node: RememberedNode): Promise<void> | void;
  /** Removes a node that has ended, by its full name. */
  delete(name: string): Promise<void> | void;
}
