/**
 * The standard way to find nodes: EPMD on the host in the name. An open connection keeps our own name registered with the
 * machine's EPMD; when that daemon dies, the registration is retried every two seconds, and the creation of the first
 * registration is kept, as OTP does.
 */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { anySignal, tryInTurn } from '../../async.ts';
import { splitNodeName } from '../../names.ts';
import { type Clock, systemClock, type Timer } from '../../clock.ts';
import { EpmdClient, type EpmdLookup, type EpmdRegistration, type OpenStream } from '../../epmd/index.ts';
import { EpmdError } from '../../errors.ts';
import { publishEvent } from '../../events.ts';
import { explainDialError } from '../network-errors.ts';
import type {
  RegisteredName,
  Registration,
  RegistrationRequest,
  ResolvedAddress,
  ResolveOptions,
  Resolver,
} from '../resolver.ts';
import type { Transport } from '../transport.ts';

/** Options of `createEpmdResolver`. */
export interface EpmdResolverOptions {
  /** Port of EPMD on every host. Default: the environment variable `ERL_EPMD_PORT`, otherwise 4369. */
  readonly port?: number | undefined;
  /** Address family: 4 or 6 uses only that one; 0, the default, tries every address of a host. */
  readonly family?: 0 | 4 | 6;
  /** Timeout for each request to a daemon. Default: 5/7 of the time that the dial has left, otherwise 5000. */
  readonly timeoutMs?: number | undefined;
  /** The clock for retries. Default: the machine's. */
  readonly clock?: Clock;
  /**
   * How to reach daemons, if not by TCP from here: through a tunnel or a pipe. It gets the host part of the node name
   * unresolved, because the other end interprets it; for registering, it gets loopback. Set `transport` as well.
   */
  readonly openStream?: OpenStream;
  /** How to dial the nodes that were found, if not by the node's own transport. */
  readonly transport?: Transport | undefined;
  /**
   * `required`, the default: the node does not start without a daemon. `optional`: it starts anyway, chooses its creation
   * itself, and registers once there is a daemon.
   */
  readonly registration?: 'required' | 'optional';
}

/** How long to wait before registering again. */
const retryMs = 2000;

/**
 * Creates a resolver that uses EPMD.
 * Its methods reject with `EpmdError`, or with `ConnectionError` when a host name cannot be looked up.
 */
export function createEpmdResolver(options: EpmdResolverOptions = {}): Resolver {
  const client = (host: string, { signal, timeoutMs }: ResolveOptions): EpmdClient =>
    new EpmdClient({
      host,
      port: options.port,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      openStream: options.openStream,
      signal,
    });
  const { family = 0, transport } = options;
  const addresses = (host: string): Promise<string[]> =>
    options.openStream === undefined ? addressesOf(host, family) : Promise.resolve([host]);
  return {
    async resolve(peer, query) {
      const found = await resolveByEpmd(peer, { addresses, client }, query);
      return found === undefined || transport === undefined ? found : { ...found, transport };
    },
    async register(request, { signal }) {
      const registration = new PersistentRegistration(request, {
        clock: options.clock ?? systemClock,
        isOptional: options.registration === 'optional',
        client: () => client(family === 6 ? '::1' : '127.0.0.1', {}),
      });
      await registration.start(signal);
      return registration;
    },
    async names(host, query) {
      const ask = async (address: string, signal: AbortSignal): Promise<readonly RegisteredName[]> =>
        (await client(address, { ...query, signal }).names()).nodes;
      return await firstAnswer(await addresses(host), ask, query.signal);
    },
  };
}

interface Daemons {
  readonly addresses: (host: string) => Promise<string[]>;
  readonly client: (host: string, query: ResolveOptions) => EpmdClient;
}

/** The node is dialled first at the address where EPMD answered: other addresses of the host may be other machines. */
async function resolveByEpmd(
  peer: string,
  { addresses, client }: Daemons,
  query: ResolveOptions,
): Promise<ResolvedAddress | undefined> {
  const { name, host } = splitNodeName(peer);
  let found: string[];
  try {
    found = await addresses(host);
  } catch (error) {
    throw explainDialError(error, { peer });
  }
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (address: string, attempt: AbortSignal): Promise<ResolvedAddress> => {
    const signal = anySignal(attempt, late.signal);
    const entry = await client(address, { ...query, signal }).lookup(name);
    if (entry !== undefined) return addressIn(found, address, entry);
    timer ??= setTimeout(() => late.abort(notKnown), othersMs);
    throw notKnown;
  };
  try {
    return await firstAnswer(found, look, query.signal);
  } catch (error) {
    query.signal?.throwIfAborted();
    // A daemon that answers counts, not the addresses of the host where none does.
    if (timer !== undefined) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** How long the daemons at other addresses may take once one does not know the name. */
const othersMs = 1000;

/** Ends one attempt of several. */
const notKnown = new Error('the name is not registered there');

/** The daemon and the node may each listen on one address of the host only. */
function addressIn(addresses: readonly string[], address: string, entry: EpmdLookup): ResolvedAddress {
  const { port, highestVersion: version } = entry;
  const alternatives = addresses.filter((other) => other !== address);
  return { host: address, port, version, ...(alternatives.length === 0 ? {} : { alternatives }) };
}

async function addressesOf(host: string, family: 0 | 4 | 6): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
}

/** How long to wait for the daemon at one address before the next is asked as well. */
const nextAddressMs = 300;

/** Asks the addresses in turn until one answers. Throws the first failure when none does. */
async function firstAnswer<Answer>(
  addresses: readonly string[],
  ask: (address: string, signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return await tryInTurn(addresses, ask, { everyMs: nextAddressMs, signal });
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const failures = error.errors as Error[];
    throw failures.find((one) => one !== notKnown) ?? new TypeError('the host has no address');
  }
}

interface PersistentRegistrationOptions {
  readonly clock: Clock;
  readonly isOptional: boolean;
  readonly client: () => EpmdClient;
}

/** A registration that is renewed until it is closed. */
class PersistentRegistration implements Registration {
  readonly #request: RegistrationRequest;
  readonly #options: PersistentRegistrationOptions;
  #creation: number | undefined;
  #current: EpmdRegistration | undefined;
  #retry: Timer | undefined;
  #isClosed = false;

  constructor(request: RegistrationRequest, options: PersistentRegistrationOptions) {
    this.#request = request;
    this.#options = options;
  }

  get creation(): number | undefined {
    return this.#creation;
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    const registration = await this.#register().catch((error: unknown) => this.#tolerate(error));
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

  /** A missing daemon is tolerated if registration is optional; a name that is taken is always an error. */
  #tolerate(error: unknown): undefined {
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
