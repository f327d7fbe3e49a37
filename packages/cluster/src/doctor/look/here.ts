/** Looks at a host from this machine. */

import { isOwnAddress } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { askEpmdAt } from './epmd.ts';
import { dialPort, neighbourOf } from './dial.ts';
import { resolveHost } from './resolve.ts';
import type { Vantage } from './vantage.ts';

export interface HereOptions {
  readonly family: 0 | 4 | 6;
  readonly dnsServers: readonly string[] | undefined;
  readonly epmdPort: number;
  readonly timeoutMs: number;
}

export function fromHere({ family, dnsServers, epmdPort, timeoutMs }: HereOptions): Vantage {
  return {
    from: 'this machine',
    resolve: (host) => resolveHost({ host, family, dnsServers }),
    askEpmd: (address, name, signal) => askEpmdAt({ address, port: epmdPort, timeoutMs }, name, signal),
    dial: (address, port, signal) =>
      dialPort(address, port, anySignal(signal, AbortSignal.timeout(timeoutMs))),
    isOwn: isOwnAddress,
    neighbour: neighbourOf,
  };
}
