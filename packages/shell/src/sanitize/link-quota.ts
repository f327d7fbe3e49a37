/**
 * Limits the number of links that a node may have on the screen. Pure. A terminal keeps a marker for every line of every
 * link and moves all of them whenever a line scrolls away: a hundred thousand links on one line made every later line cost
 * milliseconds.
 */

const atOnce = 100;
/** Lines of output after which one more link is allowed. */
const linesPerLink = 20;
/** Longest text of a link, in characters; the link ends there, or at the end of the line. */
const maxLinkText = 256;

export class LinkQuota {
  #links = atOnce;
  #lines = 0;
  /** How many more characters the open link may have. */
  #room = 0;

  /** Opens a link if one is allowed. Returns whether it was. */
  begin(): boolean {
    if (this.#links === 0) return false;
    this.#links -= 1;
    this.#room = maxLinkText;
    return true;
  }

  get isOpen(): boolean {
    return this.#room > 0;
  }

  end(): void {
    this.#room = 0;
  }

  /** Counts `count` more characters. If the open link ends within them, returns how many still belong to it. */
  take(count: number): number | undefined {
    if (this.#room === 0) return undefined;
    const room = this.#room;
    this.#room = Math.max(0, room - count);
    return this.#room === 0 ? Math.min(room, count) : undefined;
  }

  noteLine(): void {
    this.#lines += 1;
    if (this.#lines < linesPerLink) return;
    this.#lines = 0;
    this.#links = Math.min(atOnce, this.#links + 1);
  }
}
