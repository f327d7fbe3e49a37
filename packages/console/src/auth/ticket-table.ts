/**
 * Single-use tickets that authenticate a live socket. They are requested over HTTP, where cookies and origin are checked,
 * and sent in the first message of the socket, never in a URL. The current time is passed in.
 */

import { digestOf, randomSecret } from './secrets.ts';

/** How long a ticket is valid. */
export const ticketLifeMs = 30_000;
const maxTickets = 1000;

/** The tickets that have been issued and not yet redeemed. */
export class TicketTable<Holder> {
  readonly #tickets = new Map<string, { holder: Holder; expiresAt: number }>();

  /** Issues a ticket to `holder`. */
  issue(holder: Holder, now: number): { ticket: string; expiresAt: number } {
    this.#expire(now);
    // Drop the oldest: requesting a thousand tickets can invalidate tickets, but not exhaust memory.
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= maxTickets) this.#tickets.delete(oldest);
    const ticket = randomSecret();
    const expiresAt = now + ticketLifeMs;
    this.#tickets.set(digestOf(ticket).toString('hex'), { holder, expiresAt });
    return { ticket, expiresAt };
  }

  /** Redeems a ticket and returns its holder; `undefined` if it is unknown, has been used or has expired. */
  redeem(ticket: string, now: number): Holder | undefined {
    this.#expire(now);
    const key = digestOf(ticket).toString('hex');
    const entry = this.#tickets.get(key);
    this.#tickets.delete(key);
    return entry?.holder;
  }

  #expire(now: number): void {
    for (const [key, { expiresAt }] of this.#tickets) if (expiresAt <= now) this.#tickets.delete(key);
  }
}
