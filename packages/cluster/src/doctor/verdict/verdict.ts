/**
 * Chooses what is wrong from everything that was seen. A verdict never says more than the observations carry: where several causes
 * fit, the fault names each of them, and how to tell them apart. Pure.
 */

import { parseNodeName } from '@convoy/node';
import { isLongHost } from '@convoy/node/names';
import type { Fault } from '../model/diagnosis.ts';
import { ownFault, unexplained } from '../faults/errors.ts';
import {
  hostIsLoopback,
  malformedName,
  mixedForms,
  nameServerFails,
  noCommonFamily,
  noSuchHost,
} from '../faults/names.ts';
import type { Seen } from '../model/seen.ts';

import { epmdFault, processOf, unregisteredFault } from './epmd.ts';
import { handshakeFault } from './handshake.ts';
import { portFault } from './port.ts';
import { targetFault } from './target.ts';

/** What is wrong; `undefined` if the node can be reached. */
export function chooseFault(seen: Seen): Fault | undefined {
  return (
    nameFault(seen) ??
    tunnelFault(seen) ??
    resolutionFault(seen) ??
    connectionFault(seen) ??
    targetFault(seen)
  );
}

/** What is wrong with the names, before anything is looked at. */
export function nameFault({ node, ownName }: Pick<Seen, 'node' | 'ownName'>): Fault | undefined {
  const parsed = parseNodeName(node);
  if (parsed === undefined) return malformedName(node);
  const own = ownName === undefined ? undefined : parseNodeName(ownName);
  if (ownName === undefined || own === undefined || isLongHost(own.host) === isLongHost(parsed.host))
    return undefined;
  const [long, short] = isLongHost(own.host) ? [ownName, node] : [node, ownName];
  return mixedForms(long, short);
}

function tunnelFault({ error, node }: Seen): Fault | undefined {
  if (error === undefined) return undefined;
  return error.kind === 'unknown' ? unexplained(node, error.message) : ownFault(error);
}

const noSuchName: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'ENODATA',
  'EAI_NODATA',
  'EAI_NONAME',
  'nxdomain',
  'noaddr',
]);

function resolutionFault({ resolution, host, family, from }: Seen): Fault | undefined {
  if (resolution === undefined || resolution.addresses.length > 0) return undefined;
  if (resolution.unusable.length > 0)
    return noCommonFamily(host, family === 4 ? 4 : 6, resolution.unusable.join(', '));
  const codes = resolution.codes.join(' and ');
  const evidence = from === 'this machine' ? `DNS answered ${codes}` : `inet:getaddr on ${from}: ${codes}`;
  const isFailing = resolution.codes.some((code) => !noSuchName.has(code));
  return isFailing ? nameServerFails(host, from, evidence) : noSuchHost(host, from, evidence);
}

/** What stands between, from the name in EPMD to the handshake. */
function connectionFault(seen: Seen): Fault | undefined {
  const { handshake, addresses, port, isRegistered } = seen;
  const fault = handshake === undefined ? undefined : handshakeFault(seen, handshake);
  if (handshake !== undefined) return fault;
  const isOpen = addresses.some((one) => one.port?.outcome === 'open');
  if (isOpen || (addresses.length === 0 && seen.tunnel === undefined)) return undefined;
  const found =
    port === undefined ? (unregisteredFault(seen) ?? epmdFault(seen)) : portFault(seen, isRegistered);
  return (found === undefined ? undefined : loopbackTrap(seen, found)) ?? found;
}

/** Verdicts that only say that the node is not where it was looked for. */
const absences: ReadonlySet<string> = new Set(['EPMD_NAME_UNKNOWN', 'EPMD_DOWN']);

/** A host that is a loopback address here, although this machine has another name: most likely it is meant to be another one. */
function loopbackTrap(seen: Seen, found: Fault): Fault | undefined {
  const { addresses, resolution, host, from, port, machine } = seen;
  if (!absences.has(found.code) || (machine !== undefined && processOf(machine, seen) !== undefined))
    return undefined;
  const address = addresses.find((one) => /^127\.|^::1$/.test(one.address))?.address;
  if (address === undefined || resolution === undefined || resolution.isOwnName || port !== undefined)
    return undefined;
  if (address === host || /^localhost(?:\.|$)|^ip6-/.test(host)) return undefined;
  return hostIsLoopback(
    { host, address, from },
    ...addresses.flatMap(({ epmd }) =>
      epmd?.outcome === 'answered'
        ? [
            `EPMD there knows ${
              epmd.names
                .map(({ name }) => name)
                .slice(0, 20)
                .join(', ') || 'no nodes'
            }`,
          ]
        : [],
    ),
  );
}
