/**
 * The local node's connection to one node on Railway: dials until the node answers, and redials whenever the connection is
 * lost while the container runs. Reports why each attempt of the first dial failed.
 */

import { HandshakeError, type Node, RemoteError } from '@convoy/node';
import { atomName, Tuple } from '@convoy/node/etf';
import { abortable, anySignal, backoff, pause, retry } from '@convoy/node/async';
import { SshError } from '../../../errors.ts';
import { isBooted } from '../../../launch/node-ownership.ts';
import { openReach, type RailwayReach, type ReachTarget } from './reach.ts';

export interface NodeConnectionOptions {
  readonly node: Node;
  readonly reach: RailwayReach;
  readonly target: Omit<ReachTarget, 'signal'>;
  /** Cookie of the node on Railway. */
  readonly cookie: string;
  /** Whether it makes sense to dial now. */
  readonly mayDial: () => boolean;
}

const waits = { firstMs: 100, lastMs: 3000 } as const;
/** A node that is still starting may refuse briefly; a refusal repeated this often, for this long, is permanent. */
const maxRefusals = 5;
const refusalsMs = 4000;
/** How long to wait for the worker, which only nodes made from Convoy's own images have. */
const workerGraceMs = 2000;
const pollMs = 50;

/** Permanent failures: retrying will not help; the user must fix them. */
const permanent: ReadonlySet<string> = new Set([
  'SSH_BAD_TARGET',
  'SSH_BAD_CONFIG',
  'SSH_HOST_KEY_UNKNOWN',
  'SSH_HOST_KEY_CHANGED',
  'SSH_KEY_UNUSABLE',
]);

export class NodeConnection {
  readonly #options: NodeConnectionOptions;
  readonly #closing = new AbortController();
  #closeReach: (() => Promise<void>) | undefined;
  #unlisten: (() => void) | undefined;
  #redialling: Promise<void> | undefined;

  constructor(options: NodeConnectionOptions) {
    this.#options = options;
    options.node.setCookie(this.name, options.cookie);
  }

  get name(): string {
    return this.#options.target.node;
  }

  get isConnected(): boolean {
    return this.#options.node.list('connected').includes(this.name);
  }

  /**
   * Resolves when the node answers. Rejects with a permanent failure, or the signal's reason. `onFailure` is called with
   * every other failure, after which another attempt follows.
   */
  async waitForAnswer(signal: AbortSignal, onFailure: (error: Error) => void): Promise<void> {
    const refusals: Refusals = new Map();
    const dial = async (): Promise<void> => {
      await this.#dial(signal);
      await this.#waitForBoot(signal);
    };
    const check = (error: unknown): void => {
      throwIfPermanent(error, refusals);
      onFailure(error as Error);
    };
    await retry(signal, dial, { ...waits, onFailure: check });
  }

  /** From now on redials whenever the connection is lost. */
  keep(): void {
    this.#unlisten ??= this.#options.node.onNodeDown((name) => {
      if (name === this.name) this.#redialling ??= this.#redial();
    });
    if (!this.isConnected) this.#redialling ??= this.#redial();
  }

  /** Stops redialling. An open connection stays open. */
  stopKeeping(): void {
    this.#unlisten?.();
    this.#closing.abort();
  }

  /** Resolves when the node is not connected. Rejects with the signal's reason. */
  async waitForDown(signal: AbortSignal): Promise<void> {
    const down = Promise.withResolvers<void>();
    const unlisten = this.#options.node.onNodeDown((name) => {
      if (name === this.name) down.resolve();
    });
    try {
      if (this.isConnected) await abortable(down.promise, signal);
    } finally {
      unlisten();
    }
  }

  /** Ends the connection, and removes the route and the cookie. Idempotent. */
  async close(): Promise<void> {
    this.stopKeeping();
    await this.#redialling;
    const { node } = this.#options;
    node.disconnect(this.name);
    await this.#closeReach?.();
    this.#closeReach = undefined;
    node.setCookie(this.name, undefined);
  }

  async #dial(signal: AbortSignal): Promise<void> {
    const { node, reach, target } = this.#options;
    const either = anySignal(signal, this.#closing.signal);
    this.#closeReach ??= await openReach(reach, { ...target, signal: either });
    await node.connect(this.name, { signal: either });
  }

  /** A node accepts connections a moment before it is ready. */
  async #waitForBoot(signal: AbortSignal): Promise<void> {
    const { node } = this.#options;
    const connectedAt = performance.now();
    for (;;) {
      const isOwn = await isBooted(node, this.name, signal).catch((error: unknown) => {
        if (error instanceof RemoteError) return false;
        throw error;
      });
      if (isOwn) return;
      const hasWaited = performance.now() - connectedAt > workerGraceMs;
      if (hasWaited && (await hasStarted(node, this.name, signal))) return;
      await pause(pollMs, signal);
    }
  }

  async #redial(): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      await pause(backoff(attempt, waits), signal, { ref: false }).catch(() => undefined);
      if (signal.aborted || !this.#options.mayDial()) continue;
      try {
        await this.#dial(signal);
        break;
      } catch {
        // The node may be restarting: try again.
      }
    }
    this.#redialling = undefined;
    // A connection that is lost again during a redial does not start another one.
    if (!signal.aborted && !this.isConnected) this.#redialling = this.#redial();
  }
}

/** An OTP system reports its own status. Any other node that answers at all has started. */
async function hasStarted(node: Node, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const status = await node.rpc(name, 'init', 'get_status', [], { signal });
    return status instanceof Tuple && atomName(status.at(0)) === 'started';
  } catch (error) {
    if (error instanceof RemoteError) return true;
    throw error;
  }
}

/** How often each error code was seen, and since when. */
type Refusals = Map<string, { readonly count: number; readonly since: number }>;

function throwIfPermanent(error: unknown, refusals: Refusals): void {
  const isRefusal =
    error instanceof HandshakeError || (error instanceof SshError && error.code === 'SSH_AUTH_REFUSED');
  if (error instanceof SshError && permanent.has(error.code)) throw error;
  if (!isRefusal) return;
  const now = performance.now();
  const before = refusals.get(error.code) ?? { count: 0, since: now };
  refusals.set(error.code, { ...before, count: before.count + 1 });
  if (before.count + 1 >= maxRefusals && now - before.since >= refusalsMs) throw error;
}
