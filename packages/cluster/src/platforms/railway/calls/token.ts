/**
 * Railway's token: the one place that holds it. It shows itself to nobody, neither in a string, nor in JSON, nor to
 * `util.inspect` (a private field), and takes itself out of texts that somebody else has put it into.
 */

import { RailwayError } from '../model/errors.ts';

const mask = '[token]';
const maxLength = 4096;

export type TokenHeader = 'bearer' | 'project';

export class RailwayToken {
  readonly #secret: string;

  /** Throws RAILWAY_BAD_INPUT for what cannot be a token. White space around it goes. */
  constructor(secret: string) {
    const trimmed = secret.trim();
    if (trimmed === '' || trimmed.length > maxLength || !/^[\x21-\x7e]+$/.test(trimmed)) {
      throw new RailwayError(
        'RAILWAY_BAD_INPUT',
        'the Railway token is empty or has characters no token has',
        {
          remedy:
            'Copy it again from https://railway.com/account/tokens, or from the settings of the project.',
        },
      );
    }
    this.#secret = trimmed;
  }

  /** An account or workspace token goes into one header, a project token into another. */
  headers(header: TokenHeader): Record<string, string> {
    return header === 'project'
      ? { 'Project-Access-Token': this.#secret }
      : { Authorization: `Bearer ${this.#secret}` };
  }

  /** `text` without the token. */
  redact(text: string): string {
    return text.replaceAll(this.#secret, mask);
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }
}
