/** Chooses what is wrong when the port of the node is known and opens at no address. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import type { NodeAt } from '../faults/make-fault.ts';
import {
  portClosed,
  portKeptInside,
  portLoopback,
  portRefused,
  portSilent,
  staleEntry,
} from '../faults/ports.ts';
import type { MachineSeen, Seen, WitnessSeen } from '../model/seen.ts';
import { hostEvidence, listenersOn, mostTelling, nodeAt, portEvidence } from './evidence.ts';
import { hostFault } from './host.ts';

/** `isRegistered`: EPMD gave the port. `undefined` if it was not dialled. */
export function portFault(seen: Seen, isRegistered: boolean): Fault | undefined {
  const { addresses, port = 0, machine, witness } = seen;
  const told = mostTelling(addresses, (one) => one.port?.outcome);
  if (told?.port === undefined) return undefined;
  const at = nodeAt(seen, { address: told.address, port }, [...portEvidence(seen), ...hostEvidence(seen)]);
  if (told.port.outcome !== 'refused') {
    return hostFault(seen, told, { port, what: `where ${seen.node} should be` }) ?? portSilent(at);
  }
  if (machine !== undefined && told.isOwn) return onMachine(machine, at, isRegistered);
  // No firewall and no container stands before a loopback address.
  if (told.isOwn && /^127\.|^::1$/.test(told.address)) return isRegistered ? staleEntry(at) : portClosed(at);
  return (witness === undefined ? undefined : throughWitness(witness, at)) ?? portRefused(at, isRegistered);
}

/** The sockets of the host can be seen. */
function onMachine({ listeners }: MachineSeen, at: NodeAt, isRegistered: boolean): Fault {
  const { addresses, everywhere } = listenersOn(listeners, at.port);
  if (everywhere) return portRefused(at, isRegistered);
  // Programs on other addresses of the loopback network say nothing of one that was dialled there.
  const isInside = /^127\.|^::1$/.test(at.address ?? '');
  if (addresses.length > 0 && !isInside) return portLoopback(at, addresses.join(' and '));
  return isRegistered ? staleEntry(at) : portClosed(at);
}

/** Another node of the cluster has dialled the port from where it is. */
function throughWitness(witness: WitnessSeen, at: NodeAt): Fault | undefined {
  const { name, isSameHost, loopback, outside, isConnected } = witness;
  const where = isSameHost ? `${name}, on the same host,` : name;
  if (outside?.outcome === 'open') return portKeptInside(at, `${where} can open the port at ${at.address}`);
  if (outside?.outcome !== 'refused') return undefined;
  if (loopback?.outcome === 'open') return portLoopback(at, 'the loopback address');
  const isClosed = loopback?.outcome === 'refused' && !isConnected;
  const evidence = [...at.evidence, `${where} cannot open the port either`];
  return isClosed ? staleEntry({ ...at, evidence }) : undefined;
}
