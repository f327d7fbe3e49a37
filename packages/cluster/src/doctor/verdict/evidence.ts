/** What of the observations a verdict rests on: lines for people, and the address that tells most. Pure. */

import { formatHostPort, splitNodeName } from '@convoy/node/names';
import type { NodeAt } from '../faults/make-fault.ts';
import type { AddressSeen, ListenerSeen, Seen } from '../model/seen.ts';

/** Outcomes by how much they tell of the host, most first. */
const ranks: readonly string[] = [
  'stranger',
  'closed',
  'mute',
  'refused',
  'silent',
  'unreachable',
  'forbidden',
  'no-route',
  'failed',
];

function rankOf(outcome: string): number {
  const rank = ranks.indexOf(outcome);
  return rank < 0 ? ranks.length : rank;
}

/** The address that tells most about the EPMD, or about the port of the node. */
export function mostTelling(
  addresses: readonly AddressSeen[],
  outcomeOf: (address: AddressSeen) => string | undefined,
): AddressSeen | undefined {
  const rank = (address: AddressSeen): number => rankOf(outcomeOf(address) ?? '');
  return addresses.toSorted((one, other) => rank(one) - rank(other))[0];
}

/** One line for each address that was dialled at the port of the node. */
export function portEvidence({ addresses, port = 0, from }: Seen): string[] {
  return addresses.flatMap(({ address, port: seen }) =>
    seen === undefined
      ? []
      : [
          `dialling ${formatHostPort({ host: address, port })}${fromWhere(from)}: ${seen.code === '' ? 'open' : seen.code}`,
        ],
  );
}

/** One line for each EPMD that did not answer. */
export function epmdEvidence({ addresses }: Seen): string[] {
  return addresses.flatMap(({ epmd }) => (epmd === undefined || epmd.message === '' ? [] : [epmd.message]));
}

/** What other ports of the addresses answered. */
export function hostEvidence({ addresses }: Seen): string[] {
  return addresses.flatMap(({ address, others = [] }) => {
    const answers = [...new Set(others.map(({ code }) => (code === '' ? 'open' : code)))];
    return answers.length === 0 ? [] : [`dialling other ports of ${address}: ${answers.join(', ')}`];
  });
}

function fromWhere(from: string): string {
  return from === 'this machine' ? '' : ` from ${from}`;
}

/** Whether anything of the host answers at the address. */
export function isAlive({ epmd, port, others = [] }: AddressSeen): boolean {
  const tells = (outcome: string | undefined): boolean =>
    outcome !== undefined && ['open', 'refused', 'closed', 'answered', 'mute', 'stranger'].includes(outcome);
  return tells(epmd?.outcome) || tells(port?.outcome) || others.some(({ outcome }) => tells(outcome));
}

/** The node at an address, for the sentences of faults. */
export function nodeAt(
  seen: Seen,
  where: { readonly address: string; readonly port: number },
  evidence: readonly string[],
): NodeAt {
  return { node: seen.node, name: splitNodeName(seen.node).name, ...where, evidence };
}

const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The addresses at which the machine listens on a port; `everywhere` if that includes all of them. */
export function listenersOn(
  listeners: readonly ListenerSeen[],
  port: number,
): { readonly addresses: readonly string[]; readonly everywhere: boolean } {
  const addresses = [...new Set(listeners.filter((one) => one.port === port).map(({ address }) => address))];
  return { addresses, everywhere: addresses.some((address) => anyAddress.has(address)) };
}
