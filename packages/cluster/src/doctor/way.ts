/** The way to a node that was found: how its handshake is dialled. */

import type { Resolver, Transport } from '@convoy/node';

export interface Way {
  readonly resolver: Resolver;
  readonly transport: Transport;
  readonly cookie: string;
  /** Our own address towards its host; missing through a tunnel. */
  readonly localAddress?: string | undefined;
  /** Where its port was open; missing through a tunnel. */
  readonly place?: { readonly address: string; readonly port: number } | undefined;
}
