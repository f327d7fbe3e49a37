/**
 * Single-use tickets by which a live socket proves whose it is: asked for over HTTP, where cookies and origin are
 * checked, and shown in the first message, never in an address. Takes the time as argument.
 */

import { digestOf, randomSecret } from './secrets.ts';

export const ticketLifeMs = 30_000;
const maxTickets = 1000;

export class TicketTable<Holder> {
  readonly #tickets = new Map<string, { holder: Holder; expiresAt: number }>();

  issue(holder: Holder, now: number): { ticket: string; expiresAt: number } {
    this.#expire(now);
    // The oldest goes first: whoever asks for a thousand tickets can only spoil tickets, not memory.
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= maxTickets) this.#tickets.delete(oldest);
    const ticket = randomSecret();
    const expiresAt = now + ticketLifeMs;
    this.#tickets.set(digestOf(ticket).toString('hex'), { holder, expiresAt });
    return { ticket, expiresAt };
  }

  /** Who asked for the ticket, once; `undefined` when it was used, has expired or never was. */
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
