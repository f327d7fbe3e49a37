/**
 * Which nodes are held back because of what waits for a process, and how much. From half of a bound on, each message costs its sender time, the
 * more the fuller the mailbox is, so that the rest would take ten minutes to fill if the process took nothing. Pure.
 */

/** How full a mailbox is. */
export interface Fill {
  readonly messages: number;
  readonly bytes: number;
}

/** From this part of a bound on senders are slowed; they are released at the other, so that they do not change all the time. */
export const slowFrom = 0.5;
const releaseBelow = 0.4;
/** The time in which what is left of a mailbox would be filled, at every moment. */
const fillMs = 600_000;

/** The part of its bounds that a mailbox has reached, 1 if it is full. */
export function fullness({ messages, bytes }: Fill, max: Fill): number {
  return Math.max(messages / max.messages, bytes / max.bytes);
}

/** For how long the sender of a message of `bytes` is held back, in milliseconds; 0 while the mailbox is at most half full. */
export function slowdownMs(filled: number, bytes: number, max: Fill): number {
  if (filled <= slowFrom) return 0;
  const part = Math.max(bytes / max.bytes, 1 / max.messages);
  return filled >= 1 ? fillMs : (fillMs * part) / (1 - filled);
}

/** Whether those who are held back can be released. */
export function isRelieved(filled: number): boolean {
  return filled < releaseBelow;
}

export class SlowedPeers<Process> {
  readonly #byProcess = new Map<Process, Set<string>>();

  /** Notes that `peer` is held back. Returns whether it was not before. */
  add(process: Process, peer: string): boolean {
    let peers = this.#byProcess.get(process);
    if (peers === undefined) {
      peers = new Set();
      this.#byProcess.set(process, peers);
    }
    const isNew = !peers.has(peer);
    peers.add(peer);
    return isNew;
  }

  /** Forgets those who are held back because of the process, and returns them. */
  take(process: Process): Iterable<string> {
    const peers = this.#byProcess.get(process) ?? [];
    this.#byProcess.delete(process);
    return peers;
  }

  /** The connection to `peer` has ended. */
  forget(peer: string): void {
    for (const peers of this.#byProcess.values()) peers.delete(peer);
  }
}
