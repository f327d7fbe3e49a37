/**
 * The ordinary way to find nodes: EPMD on the host that the name mentions. Our own name is held at the machine's EPMD
 * by an open connection; when that daemon dies, the name is registered anew every two seconds until one takes it, and
 * the creation of the first registration is kept, as OTP does.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { splitNodeName } from '../../names.ts';
import { type Clock, systemClock, type Timer } from '../../clock.ts';
import { EpmdClient, type EpmdRegistration, type OpenStream } from '../../epmd/index.ts';
import { ConvoyError, EpmdError } from '../../errors.ts';
import { publishEvent } from '../../events.ts';
import { explainDialError } from '../network-errors.ts';
import type { Registration, RegistrationRequest, ResolvedAddress, Resolver } from '../resolver.ts';
import type { Transport } from '../transport.ts';

export interface EpmdResolverOptions {
  /** Port of EPMD on every host. Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly port?: number | undefined;
  /** 4 or 6 keeps to one family; 0, the default, tries every address of a host. */
  readonly family?: 0 | 4 | 6;
  /** For each question to a daemon. Default 5000. */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock;
  /**
   * How to reach daemons, where it is not TCP from here: by a tunnel, a pipe. It gets the host part of the node name as
   * it is, because what it means is for the other end to say; for registering, loopback. Give `transport` with it.
   */
  readonly openStream?: OpenStream;
  /** How to dial the nodes that are found, where it is not by the node's own transport. */
  readonly transport?: Transport | undefined;
  /**
   * `required`, the default: without a daemon the node does not start. `optional`: it starts all the same, chooses its
   * creation itself, and is registered once there is a daemon.
   */
  readonly registration?: 'required' | 'optional';
}

/** How long to wait before registering again. */
const retryMs = 2000;

export function createEpmdResolver(options: EpmdResolverOptions = {}): Resolver {
  const client = (host: string, signal: AbortSignal | undefined): EpmdClient =>
    new EpmdClient({
      host,
      port: options.port,
      timeoutMs: options.timeoutMs,
      openStream: options.openStream,
      signal,
    });
  const { family = 0, transport } = options;
  const addresses = (host: string): Promise<string[]> =>
    options.openStream === undefined ? addressesOf(host, family) : Promise.resolve([host]);
  return {
    async resolve(peer, { signal }) {
      const found = await resolveByEpmd({ peer, addresses, client: (host) => client(host, signal) });
      return found === undefined || transport === undefined ? found : { ...found, transport };
    },
    async register(request, { signal }) {
      const held = new HeldName(request, {
        clock: options.clock ?? systemClock,
        isOptional: options.registration === 'optional',
        client: () => client(family === 6 ? '::1' : '127.0.0.1', undefined),
      });
      await held.start(signal);
      return held;
    },
    async names(host, { signal }) {
      const ask = async (address: string): Promise<readonly { name: string; port: number }[]> =>
        (await client(address, signal).names()).nodes;
      return await firstAnswer(await addresses(host), ask);
    },
  };
}

interface EpmdQuestion {
  readonly peer: string;
  readonly addresses: (host: string) => Promise<string[]>;
  readonly client: (host: string) => EpmdClient;
}

/** The node is dialled at the address where EPMD answered: other addresses of the host may be other machines. */
async function resolveByEpmd({
  peer,
  addresses,
  client,
}: EpmdQuestion): Promise<ResolvedAddress | undefined> {
  const { name, host } = splitNodeName(peer);
  let found: string[];
  try {
    found = await addresses(host);
  } catch (error) {
    throw explainDialError(error, { peer });
  }
  return firstAnswer(found, async (address) => {
    const entry = await client(address).lookup(name);
    return entry === undefined
      ? undefined
      : { host: address, port: entry.port, version: entry.highestVersion };
  });
}

async function addressesOf(host: string, family: 0 | 4 | 6): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
}

/** Asks one address after the other until one answers; the first failure is thrown when none does. */
async function firstAnswer<Answer>(
  addresses: readonly string[],
  ask: (address: string) => Promise<Answer>,
): Promise<Answer> {
  const failures: Error[] = [];
  for (const address of addresses) {
    try {
      return await ask(address);
    } catch (error) {
      if (!(error instanceof ConvoyError)) throw error;
      failures.push(error);
    }
  }
  throw failures[0] ?? new TypeError('a host without an address');
}

interface HeldNameOptions {
  readonly clock: Clock;
  readonly isOptional: boolean;
  readonly client: () => EpmdClient;
}

/** A name kept registered until it is closed. */
class HeldName implements Registration {
  readonly #request: RegistrationRequest;
  readonly #options: HeldNameOptions;
  #creation: number | undefined;
  #current: EpmdRegistration | undefined;
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(request: RegistrationRequest, options: HeldNameOptions) {
    this.#request = request;
    this.#options = options;
  }

  get creation(): number | undefined {
    return this.#creation;
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const registration = await this.#register().catch((error: unknown) => this.#forgive(error));
    if (signal?.aborted === true) {
      registration?.close();
      signal.throwIfAborted();
    }
    if (registration === undefined) return this.#scheduleRetry();
    this.#creation = registration.creation;
    this.#hold(registration);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#current?.close();
    return this.#current?.closed ?? Promise.resolve();
  }

  /** That nobody answers may be no reason to fail; that another has the name always is. */
  #forgive(error: unknown): undefined {
    const isAbsent = error instanceof EpmdError && error.code === 'EPMD_UNREACHABLE';
    if (!isAbsent || !this.#options.isOptional) throw error;
    this.#publish('failed', error);
  }

  #register(): Promise<EpmdRegistration> {
    const { name, port, hidden } = this.#request;
    return this.#options.client().register({ name, port, hidden });
  }

  #hold(registration: EpmdRegistration): void {
    this.#current = registration;
    void registration.closed.then(() => {
      if (this.#isClosed) return;
      this.#publish('lost', undefined);
      this.#scheduleRetry();
    });
  }

  #scheduleRetry(): void {
    this.#retry = this.#options.clock.after(retryMs, () => void this.#registerAgain());
  }

  async #registerAgain(): Promise<void> {
    try {
      const registration = await this.#register();
      if (this.#isClosed) return registration.close();
      this.#hold(registration);
      this.#publish('restored', undefined);
    } catch (error) {
      if (!(error instanceof EpmdError)) throw error;
      if (this.#isClosed) return;
      this.#publish('failed', error);
      this.#scheduleRetry();
    }
  }

  #publish(state: 'lost' | 'failed' | 'restored', error: Error | undefined): void {
    const { name, host } = this.#request;
    publishEvent('convoy:registration', () => ({ node: `${name}@${host}`, state, error }));
  }
}
