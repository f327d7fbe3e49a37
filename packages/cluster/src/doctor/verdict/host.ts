/** Chooses what is wrong when packets to a host come to nothing: at all of its ports, or at one. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import {
  forbiddenHere,
  hostOff,
  hostSilent,
  noRoute,
  refusedOnTheWay,
  routerRefuses,
  type SilentHost,
} from '../faults/hosts.ts';
import type { AddressSeen, Seen } from '../model/seen.ts';
import { epmdEvidence, hostEvidence, isAlive, portEvidence } from './evidence.ts';

/** `undefined` if the host answers, and drops packets to this port only. */
export function hostFault(
  seen: Seen,
  told: AddressSeen,
  dialled: { readonly port: number; readonly what: string },
): Fault | undefined {
  const { host, from, addresses } = seen;
  const evidence = [...epmdEvidence(seen), ...portEvidence(seen), ...hostEvidence(seen)];
  const silent: SilentHost = { host, address: told.address, from, evidence };
  const isAnyAlive = addresses.some((address) => isAlive(address));
  const outcome = (dialled.what === 'the port of EPMD' ? told.epmd?.outcome : told.port?.outcome) ?? 'silent';
  if (isAnyAlive) {
    if (outcome === 'unreachable') return refusedOnTheWay({ ...dialled, address: told.address }, ...evidence);
    return outcome === 'forbidden' ? forbiddenHere(silent) : undefined;
  }
  if (addresses.some(({ neighbour }) => neighbour === 'missing')) {
    const missing = addresses.find(({ neighbour }) => neighbour === 'missing') ?? told;
    return hostOff({ ...silent, address: missing.address });
  }
  if (outcome === 'forbidden') return forbiddenHere(silent);
  if (outcome === 'no-route') return noRoute(silent);
  return outcome === 'unreachable' ? routerRefuses(silent) : hostSilent(silent);
}
