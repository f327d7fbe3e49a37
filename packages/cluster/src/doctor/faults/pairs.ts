/** Faults of one node that is to reach another. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault } from './make-fault.ts';

export function firstUnreachable(from: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'PEER_UNREACHABLE',
      sentence: `${from} cannot be reached from here`,
      remedy: `Run the doctor for ${from} first.`,
    },
    ...evidence,
  );
}

export function typescriptRefused(
  { from, to }: { readonly from: string; readonly to: string },
  said: { readonly message: string; readonly code: string },
): Fault {
  return makeFault(
    {
      code: 'UNEXPLAINED',
      sentence: `${from} cannot connect to ${to}: ${said.message}`,
      remedy: `Follow the message of ${from}, which sees the network from its own host.`,
    },
    `error code of ${from}: ${said.code}`,
  );
}

export function notDistributed(from: string): Fault {
  return makeFault(
    {
      code: 'PEER_UNREACHABLE',
      sentence: `${from} is no longer distributed: its net_kernel is not running`,
      remedy: `Restart ${from}.`,
    },
    `whereis(net_kernel) on ${from} is undefined`,
  );
}

/** Nothing stands between them. */
export function notConnected(from: string, to: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NOT_CONNECTED',
      sentence: `${from} and ${to} are not connected, although nothing that can be seen prevents it`,
      possible: [
        {
          cause: 'they have never been connected',
          check: `\`net_adm:ping('${to}')\` on ${from} is pong, and they stay connected.`,
        },
        {
          cause:
            'one of them does not connect to the peers of its peers (`-connect_all false`, a hidden node)',
          check: '`init:get_arguments()` shows it.',
        },
        {
          cause: 'something has disconnected them, such as prevent_overlapping_partitions',
          check: 'The logs of both say "requested disconnect".',
        },
      ],
      remedy: 'Connect them, and see whether they stay connected.',
    },
    ...evidence,
  );
}
