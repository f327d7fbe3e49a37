/**
 * The records of a name server of the private network, and its answers: services have AAAA records only, unknown names do not
 * exist, and requested failures last until they are ended. Bytes in, bytes out.
 */

import { isIPv6 } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE } from 'dns-packet';

/** How lookups fail: with the error SERVFAIL, or with no answer at all. */
export type NameFailure = 'SERVFAIL' | 'silence';

const timeToLive = 1;
const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const;
type Rcode = keyof typeof rcodes;

export class Zone {
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #failures = new Map<string, NameFailure>();
  #failure: NameFailure | undefined;

  set(name: string, addresses: readonly string[]): void {
    this.#addresses.set(name.toLowerCase(), addresses);
  }

  delete(name: string): void {
    this.#addresses.delete(name.toLowerCase());
  }

  /** Makes lookups of one name fail, or of all without `name`. `undefined` ends the failure. */
  fail(failure: NameFailure | undefined, name?: string): void {
    if (name === undefined) this.#failure = failure;
    else if (failure === undefined) this.#failures.delete(name.toLowerCase());
    else this.#failures.set(name.toLowerCase(), failure);
  }

  /** Returns the answer to a message; `undefined` when it gets none. */
  answer(message: Buffer): Buffer | undefined {
    const query = read(message);
    if (query === undefined || query.type !== 'query') return undefined;
    const [question] = query.questions ?? [];
    if (question === undefined) return reply(query.id, undefined, { rcode: 'FORMERR', addresses: [] });
    const name = question.name.toLowerCase();
    const failure = this.#failure ?? this.#failures.get(name);
    if (failure === 'silence') return undefined;
    const addresses = this.#addresses.get(name);
    const rcode: Rcode = failure ?? (addresses === undefined ? 'NXDOMAIN' : 'NOERROR');
    const isAnswered = rcode === 'NOERROR' && question.type === 'AAAA';
    return reply(query.id, question, { rcode, addresses: isAnswered ? (addresses ?? []) : [] });
  }
}

type Query = ReturnType<typeof decode>;
type Question = NonNullable<Query['questions']>[number];

function read(message: Buffer): Query | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function reply(
  id: number | undefined,
  question: Question | undefined,
  { rcode, addresses }: { readonly rcode: Rcode; readonly addresses: readonly string[] },
): Buffer {
  return encode({
    type: 'response',
    id,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | rcodes[rcode],
    questions: question === undefined ? [] : [question],
    answers: addresses
      .filter((address) => isIPv6(address))
      .map((data) => ({ type: 'AAAA', name: question?.name ?? '', ttl: timeToLive, data })),
  });
}
