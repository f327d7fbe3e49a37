/**
 * The links of one process, following the protocol with unlink ids: an unlinked pair is remembered until the other side
 * has acknowledged, so that an exit signal that crossed the unlink has no effect. Pure: returns what must be sent, and
 * sends nothing. Implements "Link Protocol" of the ERTS distribution protocol.
 */

import type { Pid } from '../../etf/index.ts';
import { pidKey } from './identity.ts';

interface Link {
  readonly pid: Pid;
  /** The other side requested the link, so it counts towards the limit of its node. */
  readonly isTheirs: boolean;
  active: boolean;
  /** The unlink that has not been acknowledged yet; 0 for none. */
  unlinkId: number;
}

/** A link that was removed. */
export interface EndedLink {
  readonly pid: Pid;
  readonly isTheirs: boolean;
  readonly wasActive: boolean;
}

export class LinkTable {
  readonly #links: Map<string, Link> = new Map();
  #lastUnlinkId = 0;

  get size(): number {
    return this.#links.size;
  }

  /** The linked processes. */
  active(): Pid[] {
    return Array.from(this.#links.values())
      .filter(({ active }) => active)
      .map(({ pid }) => pid);
  }

  /** Links to a process. Returns whether LINK must be sent. */
  link(pid: Pid): boolean {
    const key = pidKey(pid);
    const known = this.#links.get(key);
    if (known === undefined) {
      this.#links.set(key, { pid, isTheirs: false, active: true, unlinkId: 0 });
      return true;
    }
    if (known.active) return false;
    known.active = true;
    known.unlinkId = 0;
    return true;
  }

  /** Handles LINK. Returns whether the link is new. */
  addTheirs(pid: Pid): boolean {
    const key = pidKey(pid);
    if (this.#links.has(key)) return false;
    this.#links.set(key, { pid, isTheirs: true, active: true, unlinkId: 0 });
    return true;
  }

  /** Unlinks a process. Returns the id for the UNLINK_ID that must be sent; `undefined` when there is no link. */
  unlink(pid: Pid): number | undefined {
    const known = this.#links.get(pidKey(pid));
    if (known === undefined || !known.active) return undefined;
    known.active = false;
    known.unlinkId = ++this.#lastUnlinkId;
    return known.unlinkId;
  }

  /** Handles UNLINK, UNLINK_ID or an exit through the link. Returns the link if it was active; it has ended. */
  endActive(pid: Pid): EndedLink | undefined {
    const key = pidKey(pid);
    const known = this.#links.get(key);
    return known?.active === true ? this.#forget(key, known) : undefined;
  }

  /** Handles UNLINK_ID_ACK. Returns the link if this removed it. */
  acknowledge(pid: Pid, id: number | bigint): EndedLink | undefined {
    const key = pidKey(pid);
    const known = this.#links.get(key);
    const answers = known !== undefined && !known.active && BigInt(known.unlinkId) === BigInt(id);
    return answers ? this.#forget(key, known) : undefined;
  }

  /** Removes the links with processes on one node. */
  endNode(node: string): EndedLink[] {
    const ended: EndedLink[] = [];
    for (const [key, link] of this.#links) {
      if (link.pid.node === node) ended.push(this.#forget(key, link));
    }
    return ended;
  }

  /** Removes all links. */
  endAll(): EndedLink[] {
    return Array.from(this.#links, ([key, link]) => this.#forget(key, link));
  }

  #forget(key: string, link: Link): EndedLink {
    this.#links.delete(key);
    return { pid: link.pid, isTheirs: link.isTheirs, wasActive: link.active };
  }
}
