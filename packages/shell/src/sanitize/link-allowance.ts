/**
 * How many links a node may have on the screen. Pure. A terminal keeps a mark for every line of every link and moves
 * all of them whenever a line scrolls away: a hundred thousand links on one line made every later line cost milliseconds.
 */

const atOnce = 100;
/** Lines of output after which one more is allowed. */
const linesPerLink = 20;
/** Longest text of a link, in characters; the link ends there. It also ends at a line end. */
const maxLinkText = 256;

export class LinkAllowance {
  #links = atOnce;
  #lines = 0;
  /** Characters that the open link may still have. */
  #room = 0;

  /** Whether a link may begin here. It is open then. */
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

  /** Of `count` more characters those that still belong to the open link, when it ends within them. */
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
