/** Chooses what is wrong with a node that can be reached, and what may cause trouble later. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { deadFamily } from '../faults/hosts.ts';
import {
  clockSkew,
  largePacketsLost,
  noReturnPath,
  oldestRelease,
  oldRelease,
  overlapsPrevented,
  partialMesh,
  tickTimesDiffer,
} from '../faults/nodes.ts';
import type { AddressSeen, MeshSeen, Seen } from '../model/seen.ts';
import { isAlive } from './evidence.ts';

/** Clocks further apart than this upset certificates, logs and `global`. */
const allowedSkewMs = 5000;
const maxPairs = 10;

/** The handshake is complete, and yet the node cannot be used. */
export function targetFault({ node, target }: Pick<Seen, 'node' | 'target'>): Fault | undefined {
  const { largeThere, largeBack, largeBytes: bytes } = target ?? {};
  if (bytes === undefined || (largeThere === true && largeBack === true)) return undefined;
  return largePacketsLost(node, { there: largeThere === false, back: largeBack === false, bytes });
}

/** Warnings about a node that can be reached. */
export function chooseWarnings(seen: Pick<Seen, 'node' | 'host' | 'addresses' | 'target'>): Fault[] {
  const { node, target } = seen;
  if (target === undefined) return [];
  const { release, skewMs, dialBack, mesh } = target;
  const warnings = [
    skewMs !== undefined && Math.abs(skewMs) > allowedSkewMs ? clockSkew(node, skewMs) : undefined,
    release !== undefined && Number(release) < oldestRelease ? oldRelease(node, release) : undefined,
    familyWarning(seen),
    dialBack === undefined || dialBack.dial.outcome === 'open'
      ? undefined
      : noReturnPath(node, dialBack.address, `gen_tcp:connect on ${node}: ${dialBack.dial.code}`),
    ...(mesh === undefined ? [] : meshWarnings(node, mesh)),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

/**
 * A refusal is the usual answer of a host whose node listens in the other family, and a machine without a route in one family is
 * common: only silence and an answer from the way are worth a word.
 */
function familyWarning({ host, addresses }: Pick<Seen, 'host' | 'addresses'>): Fault | undefined {
  const open = addresses.find(({ port }) => port?.outcome === 'open');
  const dead = addresses.find((one) => open !== undefined && isOther(open, one) && isDead(one));
  if (open === undefined || dead === undefined) return undefined;
  return deadFamily(
    { host, alive: open.address, dead: dead.address },
    `${dead.address}: ${dead.port?.code ?? ''}`,
  );
}

function isOther(one: AddressSeen, other: AddressSeen): boolean {
  return one.address.includes(':') !== other.address.includes(':');
}

function isDead(address: AddressSeen): boolean {
  const outcome = address.port?.outcome;
  return !isAlive(address) && (outcome === 'silent' || outcome === 'unreachable');
}

function meshWarnings(
  node: string,
  { missing, tickTimes, parted, preventsOverlaps }: MeshSeen,
): (Fault | undefined)[] {
  const lacks = missing.map((pair) => `${pair.node} lacks ${pair.peer}`);
  const isMixed = new Set(tickTimes.map(({ seconds }) => seconds)).size > 1;
  const times = tickTimes.map((one) => `${one.node}: ${one.seconds} s`);
  const pairs = parted.map((pair) => `${pair.node} and ${pair.peer}`);
  return [
    isMixed ? tickTimesDiffer(node, times.toSorted().slice(0, maxPairs)) : undefined,
    lacks.length === 0
      ? undefined
      : partialMesh(node, preventsOverlaps === true, lacks.toSorted().slice(0, maxPairs)),
    pairs.length === 0 ? undefined : overlapsPrevented(node, pairs.toSorted().slice(0, maxPairs)),
  ];
}
