/**
 * The size of a shell that several pages show: one for all of them, that of the page that typed last. A page is known by its
 * `client`, whatever socket it uses. Pure.
 */

/** A size in cells. */
export interface ShellSize {
  readonly cols: number;
  readonly rows: number;
}

interface Window {
  readonly client: string;
  /** The attachment that declared the size; an older one of the same page no longer counts. */
  readonly owner: object;
  readonly size: ShellSize;
}

/** The sizes that the pages of one shell have declared. */
export class SharedSize {
  /** The page that typed last is the last one. */
  #windows: readonly Window[] = [];
  /** It may be away for a moment, and gets its place back. */
  #typist: string | undefined;

  /** The page whose size the shell has. */
  get client(): string | undefined {
    return this.#windows.at(-1)?.client;
  }

  /** The size of the shell; `undefined` while no page has declared one. */
  get size(): ShellSize | undefined {
    return this.#windows.at(-1)?.size;
  }

  /** Sets the size of a page's window. An attachment speaks for one page. */
  declare(client: string, owner: object, size: ShellSize): void {
    const window = { client, owner, size };
    this.#windows = this.#windows.filter((one) => one.owner !== owner || one.client === client);
    const known = this.#windows.findIndex((one) => one.client === client);
    if (known >= 0) this.#windows = this.#windows.with(known, window);
    else if (client === this.#typist) this.#windows = [...this.#windows, window];
    else this.#windows = [window, ...this.#windows];
  }

  /** Notes that a page has typed. */
  take(client: string): void {
    this.#typist = client;
    const window = this.#windows.find((one) => one.client === client);
    if (window === undefined || window === this.#windows.at(-1)) return;
    this.#windows = [...this.#windows.filter((one) => one !== window), window];
  }

  /** Forgets the size of a page that no longer shows the shell. */
  leave(owner: object): void {
    this.#windows = this.#windows.filter((one) => one.owner !== owner);
  }
}
