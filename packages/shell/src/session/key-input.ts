/**
 * The input of a session as keys. An escape character alone is either the Escape key or the start of a sequence whose rest is
 * still on its way: it is the key once nothing has followed for a moment.
 */

import { initialKeyParser, isUnclear, parseKeys } from '../line-editor/key-parser.ts';
import type { Key } from '../line-editor/keys.ts';

/** Terminals send a sequence in one go; only a slow connection can split one. */
const escapeMs = 50;
const escapeKey: Key = { kind: 'key', name: 'escape' };

export class KeyInput {
  readonly #onKeys: (keys: readonly Key[]) => void;
  #parser = initialKeyParser;
  #silence: NodeJS.Timeout | undefined;

  constructor(onKeys: (keys: readonly Key[]) => void) {
    this.#onKeys = onKeys;
  }

  take(data: string): void {
    clearTimeout(this.#silence);
    const { state, keys } = parseKeys(this.#parser, data);
    this.#parser = state;
    if (isUnclear(state)) this.#silence = setTimeout(() => this.#settle(), escapeMs).unref();
    if (keys.length > 0) this.#onKeys(keys);
  }

  close(): void {
    clearTimeout(this.#silence);
  }

  #settle(): void {
    this.#parser = initialKeyParser;
    this.#onKeys([escapeKey]);
  }
}
