/** Chooses what is wrong when no port of the node is known: its EPMD does not answer, or does not know it. Pure. */

import { splitNodeName } from '@convoy/node/names';
import type { Fault } from '../model/diagnosis.ts';
import {
  epmdDown,
  epmdLoopback,
  epmdMute,
  epmdNoBackend,
  epmdOtherPort,
  epmdRefused,
  epmdSilent,
  nameUnknown,
  nodeDown,
  notEpmd,
  notListening,
  runsUnregistered,
} from '../faults/epmd.ts';
import type { NodeAt } from '../faults/make-fault.ts';
import { otherCase } from '../faults/names.ts';
import type { MachineSeen, ProcessSeen, Seen } from '../model/seen.ts';
import { epmdEvidence, hostEvidence, listenersOn, mostTelling, nodeAt } from './evidence.ts';
import { hostFault } from './host.ts';

const maxNames = 20;

/** An EPMD answers, and does not know the name. `undefined` if none answers. */
export function unregisteredFault(seen: Seen): Fault | undefined {
  const { addresses, node, epmdPort, machine, witness } = seen;
  const answered = addresses.find(({ epmd }) => epmd?.outcome === 'answered');
  if (answered?.epmd === undefined) return undefined;
  const { name } = splitNodeName(node);
  const names = answered.epmd.names.map((one) => one.name).slice(0, maxNames);
  const at = nodeAt(seen, { address: answered.address, port: epmdPort }, epmdEvidence(seen));
  const cased = names.find((one) => one.toLowerCase() === name.toLowerCase());
  if (cased !== undefined) return otherCase(node, cased, `registered nodes: ${names.join(', ')}`);
  if (witness?.isConnected === true) return seenByWitness(seen, at, witness.name);
  const process = machine === undefined ? undefined : processOf(machine, seen);
  if (process !== undefined) return runsElsewhere(at, process);
  return machine === undefined ? nameUnknown(at, names) : nodeDown(at, names);
}

/** Another node is connected to it, so it runs. */
function seenByWitness({ witness, epmdPort }: Seen, at: NodeAt, name: string): Fault {
  const how = `${name} is connected to it`;
  const target = witness?.target;
  if (target?.listens === false) return notListening(at, how);
  const isOther = target?.epmdPort !== undefined && target.epmdPort !== epmdPort;
  return isOther ? epmdOtherPort(at, { epmdPort: target.epmdPort, how }) : runsUnregistered(at, how);
}

/** A process was started with the name. */
function runsElsewhere(at: NodeAt, { osPid, listens, epmdPort }: ProcessSeen): Fault {
  const how = `process ${osPid} was started as ${at.node}`;
  if (!listens) return notListening(at, `${how}, with -dist_listen false`);
  if (epmdPort !== undefined && epmdPort !== at.port) {
    return epmdOtherPort(at, { epmdPort, how: `${how}, with ERL_EPMD_PORT=${epmdPort}` });
  }
  return runsUnregistered(at, how);
}

/** The process of the node, by its name with or without a host part. */
export function processOf({ nodes }: MachineSeen, { node }: Pick<Seen, 'node'>): ProcessSeen | undefined {
  const { name } = splitNodeName(node);
  return nodes.find((one) => one.name === node) ?? nodes.find((one) => one.name === name);
}

/** No EPMD answers. */
export function epmdFault(seen: Seen): Fault | undefined {
  const { addresses, epmdPort, machine } = seen;
  const told = mostTelling(addresses, ({ epmd }) => epmd?.outcome);
  if (told?.epmd === undefined) return undefined;
  const at = nodeAt(seen, { address: told.address, port: epmdPort }, [
    ...epmdEvidence(seen),
    ...hostEvidence(seen),
  ]);
  switch (told.epmd.outcome) {
    case 'stranger':
      return notEpmd(at);
    case 'closed':
      return epmdNoBackend(at);
    case 'mute':
      return epmdMute(at);
    case 'refused':
      return machine !== undefined && told.isOwn ? epmdMissing(seen, machine, at) : epmdRefused(at);
    default:
      return hostFault(seen, told, { port: epmdPort, what: 'the port of EPMD' }) ?? epmdSilent(at);
  }
}

/** The sockets of the host can be seen, and its EPMD does not listen where it was asked. */
function epmdMissing(seen: Seen, machine: MachineSeen, at: NodeAt): Fault {
  const { addresses, everywhere } = listenersOn(machine.listeners, at.port);
  if (everywhere) return epmdRefused(at);
  if (addresses.length > 0) return epmdLoopback(at, addresses);
  const process = processOf(machine, seen);
  return process === undefined || process.epmdPort === undefined || process.epmdPort === at.port
    ? epmdDown(at)
    : runsElsewhere(at, process);
}
