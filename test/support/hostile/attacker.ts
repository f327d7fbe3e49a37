/** The parts of every attacker of the soak test: a name, a target, and counts of its actions and their results. */

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What users of the machine can see of a console and its nodes, and what a user of the console knows. */
export interface Target {
  readonly origin: string;
  readonly token: string;
  readonly epmdPort: number;
  /** Cookie of the cluster. */
  readonly cookie: string;
  /** A TypeScript node that the console launched, and where it listens. */
  readonly node: string;
  readonly nodePort: number;
  /** Every Convoy port with the distribution protocol. */
  readonly distributionPorts: readonly number[];
  /** An Erlang node, launched by the console, on which an attacker has a shell. */
  readonly evil: string;
  /** How fast all attack: 1 is 200 connections a second at the distribution ports, and 100 at the others. */
  readonly pace: number;
}

export type Counts = Readonly<Record<string, number>>;

export interface Attacker {
  readonly name: string;
  readonly counts: Counts;
  /** Attacks until the signal aborts; rejects only for an error of its own. */
  run(signal: AbortSignal): Promise<void>;
}

/** A different address than that of the honest users. */
const attackersAddress = '127.0.0.66';

export class Tally {
  readonly counts: Record<string, number> = {};

  add(what: string, count = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + count;
  }
}

/**
 * Repeats `step` at most `perSecond` times per second until the signal aborts. On a busy machine attackers get slower, like their
 * targets, and do not catch up. Errors of a step are part of the attack.
 */
export async function repeat(
  options: { readonly signal: AbortSignal; readonly perSecond: number; readonly tally: Tally },
  step: (turn: number) => unknown,
): Promise<void> {
  const { signal, perSecond, tally } = options;
  for (let turn = 0; !signal.aborted; turn += 1) {
    try {
      await step(turn);
    } catch {
      tally.add('attempts that failed');
    }
    await delay(1000 / perSecond, undefined, { signal }).catch(() => undefined);
  }
}

/** Connections in a burst, and how many of the last are looked at: there is one among them that is answered or closed. */
const burst = 40;
const lookedAt = 20;
const patienceMs = 5000;

/** The newest sockets, which are held open; older ones are released. */
export class HeldSockets implements Disposable {
  readonly #sockets = new Set<Socket>();
  /** The last opened sockets, including closed ones. */
  #newest: Socket[] = [];
  readonly #most: number;
  readonly #tally: Tally;

  constructor(most: number, tally: Tally) {
    this.#most = most;
    this.#tally = tally;
  }

  /** Opens a socket and counts the result. */
  open(port: number): Socket {
    const socket = connect({ host: '127.0.0.1', port, localAddress: attackersAddress });
    this.#sockets.add(socket);
    this.#newest = [...this.#newest.slice(-lookedAt), socket];
    this.#tally.add('connections');
    socket
      .on('error', () => this.#tally.add('errors'))
      .on('close', () => {
        // Released sockets are no longer among them.
        if (this.#sockets.delete(socket)) this.#tally.add('closed by the other side');
      })
      .resume();
    for (const oldest of this.#sockets) {
      if (this.#sockets.size <= this.#most) break;
      this.release(oldest);
    }
    return socket;
  }

  /**
   * After each burst, waits until one of its last connections was answered or closed. Node accepts one connection in a turn of its
   * event loop: on a machine that is busy with other things a flood at a fixed rate would only fill the queue of the system.
   */
  async afterBurst(turn: number): Promise<void> {
    if (turn % burst !== burst - 1) return;
    const late = AbortSignal.timeout(patienceMs);
    const isServed = (): boolean => this.#newest.some((one) => one.bytesRead > 0 || one.destroyed);
    while (!isServed() && !late.aborted) await delay(20);
    this.#tally.add(isServed() ? 'bursts' : 'bursts that were not served');
  }

  release(socket: Socket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#tally.add('held at the end', this.#sockets.size);
    for (const socket of this.#sockets) this.release(socket);
  }
}
