/** Holds back the nodes that fill the mailbox of a process, long before it is full, and releases them when it has taken enough. */

import { publishEvent } from '../../events.ts';
import type { Pid } from '../../etf/index.ts';
import { type Fill, fullness, isRelieved, slowdownMs, SlowedPeers, slowFrom } from './slowed-peers.ts';

/** What is looked at of a process. */
export interface MailboxOwner {
  readonly pid: Pid;
  readonly registeredName: string | undefined;
  readonly queueLength: number;
  readonly queueBytes: number;
  /** Whether nodes are held back until fewer messages wait. */
  slowsSenders: boolean;
}

export interface FullMailboxesOptions {
  readonly node: string;
  readonly max: Fill;
  /** Whether senders are slowed; otherwise there is only the bound. */
  readonly slowsSenders: boolean;
  readonly senders: { holdBack(node: string, durationMs: number): void; release(node: string): void };
}

export class FullMailboxes {
  readonly #options: FullMailboxesOptions;
  readonly #slowed: SlowedPeers<MailboxOwner> = new SlowedPeers();

  constructor(options: FullMailboxesOptions) {
    this.#options = options;
  }

  /** Whether a message of `peer` fits into the mailbox. */
  hasRoom(owner: MailboxOwner, peer: string, bytes: number): boolean {
    const filled = this.#fillOf(owner);
    if (filled > slowFrom && this.#options.slowsSenders)
      this.#slowDown(owner, peer, slowdownMs(filled, bytes, this.#options.max));
    return filled < 1;
  }

  /** The process has taken messages. */
  noteTaken(owner: MailboxOwner): void {
    if (isRelieved(this.#fillOf(owner))) this.relieve(owner);
  }

  /** Releases those who are held back because of the process. */
  relieve(owner: MailboxOwner): void {
    owner.slowsSenders = false;
    for (const peer of this.#slowed.take(owner)) {
      this.#report(owner, peer, { active: false });
      this.#options.senders.release(peer);
    }
  }

  /** The connection to `peer` has ended: it is no longer held back. */
  forgetPeer(peer: string): void {
    this.#slowed.forget(peer);
  }

  #slowDown(owner: MailboxOwner, peer: string, durationMs: number): void {
    owner.slowsSenders = true;
    if (this.#slowed.add(owner, peer)) this.#report(owner, peer, { active: true });
    this.#options.senders.holdBack(peer, durationMs);
  }

  #fillOf({ queueLength: messages, queueBytes: bytes }: MailboxOwner): number {
    return fullness({ messages, bytes }, this.#options.max);
  }

  #report(owner: MailboxOwner, peer: string, { active }: { readonly active: boolean }): void {
    publishEvent('convoy:mailbox.full', () => ({
      node: this.#options.node,
      pid: owner.pid.toString(),
      name: owner.registeredName,
      peer,
      active,
      messages: owner.queueLength,
      bytes: owner.queueBytes,
    }));
  }
}
