/** Looks at a host from a node, which is asked to resolve, to ask EPMD and to dial. */

import { atom, atomName, type Term, Tuple } from '@convoy/node/etf';
import type { EpmdSeen, ResolutionSeen } from '../model/seen.ts';
import type { Ask } from './asking/asker.ts';
import { charlist, errorIn, ipTerm, ipText, okIn, stringTerm } from './asking/terms.ts';
import type { Vantage } from './vantage.ts';
import { dialThere } from './witness.ts';

const epmdMs = 3000;
const maxNames = 512;

/** `family` is that in which the node distributes, `epmdPort` that of the EPMD it asks. */
export function fromThere(
  from: string,
  ask: Ask,
  { family, epmdPort }: { readonly family: 4 | 6; readonly epmdPort: number },
): Vantage {
  return {
    from,
    resolve: (host) => resolveThere(ask, host, family),
    askEpmd: (address, name) => askEpmdThere(ask, { address, name, epmdPort, from }),
    dial: (address, port) => dialThere(ask, address, port),
    isOwn: (address) => /^127\.|^::1$/.test(address),
    neighbour: () => Promise.resolve(undefined),
  };
}

async function resolveThere(ask: Ask, host: string, family: 4 | 6): Promise<ResolutionSeen> {
  const [used, other] = family === 6 ? (['inet6', 'inet'] as const) : (['inet', 'inet6'] as const);
  const answers = await Promise.all(
    [used, other].map((name) => ask('inet', 'getaddrs', [stringTerm(host), atom(name)])),
  );
  const [usable, unusable] = answers.map((answer) => addressesIn(okIn(answer)));
  const code = errorIn(answers[0] ?? []);
  return {
    addresses: usable ?? [],
    // Every IPv4 address has a form in IPv6, which is not an address of the host.
    unusable: (unusable ?? []).filter((address) => !address.startsWith('::ffff:')),
    codes: code === undefined ? [] : [code],
    isOwnName: true,
  };
}

function addressesIn(term: Term | undefined): string[] {
  return Array.isArray(term)
    ? (term as readonly Term[]).slice(0, 16).flatMap((one) => ipText(one) ?? [])
    : [];
}

interface EpmdQuestion {
  readonly address: string;
  readonly name: string;
  readonly epmdPort: number;
  readonly from: string;
}

async function askEpmdThere(ask: Ask, { address, name, epmdPort, from }: EpmdQuestion): Promise<EpmdSeen> {
  const answer = await ask('erl_epmd', 'port_please', [stringTerm(name), ipTerm(address), epmdMs]);
  const names = await namesThere(ask, address);
  const port = answer instanceof Tuple && atomName(answer.at(0)) === 'port' ? answer.at(1) : undefined;
  if (typeof port === 'number') {
    const others = names.filter((one) => one.name !== name);
    return { outcome: 'answered', message: '', names: [{ name, port }, ...others] };
  }
  if (atomName(answer) === 'noport') return { outcome: 'answered', message: '', names };
  const dial = await dialThere(ask, address, epmdPort);
  const message = `asking the EPMD at ${address}, port ${epmdPort}, from ${from}: ${dial.code === '' ? 'no valid answer' : dial.code}`;
  return { outcome: dial.outcome === 'open' ? 'mute' : dial.outcome, message, names: [] };
}

async function namesThere(ask: Ask, address: string): Promise<{ name: string; port: number }[]> {
  const listed = okIn(await ask('erl_epmd', 'names', [ipTerm(address)]));
  if (!Array.isArray(listed)) return [];
  return (listed as readonly Term[]).slice(0, maxNames).flatMap((one) => {
    const [name, port] = one instanceof Tuple ? one.elements : [];
    return name === undefined || typeof port !== 'number' ? [] : [{ name: charlist(name), port }];
  });
}

/** The family in which a node distributes, and the port of the EPMD that it asks. */
export async function distributionOf(
  ask: Ask,
): Promise<{ readonly family: 4 | 6; readonly epmdPort: number }> {
  const [protocol, environment] = await Promise.all([
    ask('init', 'get_argument', [atom('proto_dist')]),
    ask('os', 'getenv', [stringTerm('ERL_EPMD_PORT')]),
  ]);
  const rows = okIn(protocol);
  const last = Array.isArray(rows) ? (rows as readonly Term[]).at(-1) : undefined;
  const word = Array.isArray(last) ? charlist((last as readonly Term[])[0] ?? []) : '';
  const port = Number(charlist(environment));
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  return { family: word.startsWith('inet6') ? 6 : 4, epmdPort: isPort ? port : 4369 };
}
