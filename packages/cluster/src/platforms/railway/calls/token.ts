/**
 * Railway's token, stored in this one place. It is never shown as a string, in JSON or by `util.inspect` (a private field),
 * and it is redacted from texts that others have put it into.
 */

import { RailwayError } from '../model/railway-error.ts';

const mask = '[token]';
const maxLength = 4096;

export type TokenHeader = 'bearer' | 'project';

export class RailwayToken {
  readonly #secret: string;

  /** Trims white space. Throws RAILWAY_BAD_INPUT for a malformed token. */
  constructor(secret: string) {
    const trimmed = secret.trim();
    if (trimmed === '' || trimmed.length > maxLength || !/^[\x21-\x7e]+$/.test(trimmed)) {
      throw new RailwayError(
        'RAILWAY_BAD_INPUT',
        'the Railway token is empty, too long or contains invalid characters',
        {
          remedy: 'Copy it again from https://railway.com/account/tokens, or from the project settings.',
        },
      );
    }
    this.#secret = trimmed;
  }

  /** Account and workspace tokens are sent in one header, project tokens in another. */
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
