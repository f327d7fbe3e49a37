/** What every attacker of the soak has: a name, what it attacks, and counts of what it did and what became of it. */

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What a console and its nodes show to somebody on the machine, and what a user of it knows. */
export interface Target {
  readonly origin: string;
  readonly token: string;
  readonly epmdPort: number;
  /** Of the cluster. */
  readonly cookie: string;
  /** A TypeScript node that the console launched, and where it listens. */
  readonly node: string;
  readonly nodePort: number;
  /** Every port of ours that speaks the distribution protocol. */
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
  /** Attacks until the signal; rejects only for a fault of its own. */
  run(signal: AbortSignal): Promise<void>;
}

/** Not the address of the honest users, as strangers rarely have it. */
const attackersAddress = '127.0.0.66';

export class Tally {
  readonly counts: Record<string, number> = {};

  add(what: string, count = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + count;
  }
}

/**
 * `step` again and again, `perSecond` times at most, and until the signal. On a machine that is busy with other things attackers
 * get slower, as those they attack do: nothing is made up for. What a step throws is part of the attack.
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

/** Sockets that are held open, the newest of them; the others are let go of. */
export class HeldSockets implements Disposable {
  readonly #sockets = new Set<Socket>();
  /** The last that were opened, also those that are gone. */
  #newest: Socket[] = [];
  readonly #most: number;
  readonly #tally: Tally;

  constructor(most: number, tally: Tally) {
    this.#most = most;
    this.#tally = tally;
  }

  /** Opens one. What comes of it is counted. */
  open(port: number): Socket {
    const socket = connect({ host: '127.0.0.1', port, localAddress: attackersAddress });
    this.#sockets.add(socket);
    this.#newest = [...this.#newest.slice(-lookedAt), socket];
    this.#tally.add('connections');
    socket
      .on('error', () => this.#tally.add('errors'))
      .on('close', () => {
        // Those we let go of are not among them any more.
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
