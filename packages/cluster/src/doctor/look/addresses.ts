/** Looks at every address of a host at once: its EPMD, the port of the node, and whether anything of the host answers. */

import { anySignal } from '@convoy/node/async';
import type { AddressSeen, DialSeen, EpmdSeen } from '../model/seen.ts';
import { type AddressAnswer, askEveryAddress } from './every-address.ts';
import type { Vantage } from './vantage.ts';

/** Ports of which one answers on most hosts, if only to refuse: SSH, the web, and one that nothing uses. */
const tellingPorts = [22, 80, 443, 9] as const;
const tellingMs = 3500;
const maxAddresses = 16;

export interface ObservedAddresses {
  readonly vantage: Vantage;
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
}

/** What each address is, before it is dialled. */
export function listAddresses(vantage: Vantage, addresses: readonly string[]): AddressSeen[] {
  return addresses.slice(0, maxAddresses).map((address) => ({ address, isOwn: vantage.isOwn(address) }));
}

/** Asks the EPMD at every address. */
export async function observeEpmd(
  { vantage, addresses, signal }: ObservedAddresses,
  name: string,
): Promise<EpmdSeen[]> {
  const answers = await askEveryAddress(
    addresses,
    async (address, attempt) => failUnless(await vantage.askEpmd(address, name, attempt), 'answered'),
    signal,
  );
  return answers.map((answer) =>
    resultOf(answer, { outcome: 'silent', message: 'no answer so far', names: [] }),
  );
}

/** Dials the port at every address. */
export async function observePort(
  { vantage, addresses, signal }: ObservedAddresses,
  port: number,
): Promise<DialSeen[]> {
  const answers = await askEveryAddress(
    addresses,
    async (address, attempt) => failUnless(await vantage.dial(address, port, attempt), 'open'),
    signal,
  );
  return answers.map((answer) => resultOf(answer, { outcome: 'silent', code: 'ETIMEDOUT' }));
}

/** Dials other ports of one address, and looks for the machine that has it. */
export async function observeHost(
  { vantage, signal }: Omit<ObservedAddresses, 'addresses'>,
  address: string,
): Promise<Pick<AddressSeen, 'others' | 'neighbour'>> {
  const limit = anySignal(signal, AbortSignal.timeout(tellingMs));
  const others = await Promise.all(tellingPorts.map((port) => vantage.dial(address, port, limit)));
  signal.throwIfAborted();
  return { others, neighbour: await vantage.neighbour(address) };
}

/** Carries an answer that is not the wanted one, so that others still have all of their time. */
class OtherAnswer<Value> extends Error {
  readonly answer: Value;

  constructor(answer: Value) {
    super('another answer');
    this.answer = answer;
  }
}

function failUnless<Value extends { readonly outcome: string }>(answer: Value, wanted: string): Value {
  if (answer.outcome === wanted) return answer;
  throw new OtherAnswer(answer);
}

function resultOf<Value>(answer: AddressAnswer<Value>, otherwise: Value): Value {
  if ('value' in answer) return answer.value;
  return answer.error instanceof OtherAnswer ? (answer.error.answer as Value) : otherwise;
}
