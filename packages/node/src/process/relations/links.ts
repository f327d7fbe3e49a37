/**
 * The links of one process, by the protocol with unlink ids: an unlinked pair stays known until the other side has
 * acknowledged, so that an exit signal that crossed the unlink has no effect. Pure: says what must be sent, sends
 * nothing. Implements "Link Protocol" of the ERTS distribution protocol.
 */
import type { Pid } from '../../etf/index.ts';
import { pidKey } from './identity.ts';

interface Link {
  readonly pid: Pid;
  /** The other side asked for it, so it counts against what a peer may make us keep. */
  readonly isTheirs: boolean;
  active: boolean;
  /** The unlink that is not acknowledged yet; 0 for none. */
  unlinkId: number;
}

/** What became of a link that is forgotten. */
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

  /** We link. Returns whether LINK must be sent. */
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

  /** LINK arrived. Returns whether the link is new. */
  addTheirs(pid: Pid): boolean {
    const key = pidKey(pid);
    if (this.#links.has(key)) return false;
    this.#links.set(key, { pid, isTheirs: true, active: true, unlinkId: 0 });
    return true;
  }

  /** We unlink. Returns the id for the UNLINK_ID that must be sent; `undefined` when there is no link. */
  unlink(pid: Pid): number | undefined {
    const known = this.#links.get(pidKey(pid));
    if (known === undefined || !known.active) return undefined;
    known.active = false;
    known.unlinkId = ++this.#lastUnlinkId;
    return known.unlinkId;
  }

  /** UNLINK or UNLINK_ID arrived, or an exit through the link. Returns the link when it was active and ends so. */
  endActive(pid: Pid): EndedLink | undefined {
    const key = pidKey(pid);
    const known = this.#links.get(key);
    return known?.active === true ? this.#forget(key, known) : undefined;
  }

  /** UNLINK_ID_ACK arrived. Returns the link when it is forgotten now. */
  acknowledge(pid: Pid, id: number | bigint): EndedLink | undefined {
    const key = pidKey(pid);
    const known = this.#links.get(key);
    const answers = known !== undefined && !known.active && BigInt(known.unlinkId) === BigInt(id);
    return answers ? this.#forget(key, known) : undefined;
  }

  /** Forgets the links with processes of one node. */
  endNode(node: string): EndedLink[] {
    const ended: EndedLink[] = [];
    for (const [key, link] of this.#links) {
      if (link.pid.node === node) ended.push(this.#forget(key, link));
    }
    return ended;
  }

  /** Forgets all links. */
  endAll(): EndedLink[] {
    return Array.from(this.#links, ([key, link]) => this.#forget(key, link));
  }

  #forget(key: string, link: Link): EndedLink {
    this.#links.delete(key);
    return { pid: link.pid, isTheirs: link.isTheirs, wasActive: link.active };
  }
}
