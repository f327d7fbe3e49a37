/** What goes wrong while nodes look for each other. No message holds a secret. */

import { ConvoyError } from '@convoy/node';

export type DiscoveryErrorCode =
  | 'DISCOVERY_BAD_OPTION'
  | 'DISCOVERY_LOOKUP_FAILED'
  | 'DISCOVERY_LIMIT'
  | 'DISCOVERY_DIAL_REFUSED'
  | 'DISCOVERY_NOT_READY'
  | 'DISCOVERY_CLOSED';

export interface DiscoveryErrorDetail {
  /** What usually fixes it, one sentence. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

export class DiscoveryError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(DiscoveryError);
  }
  readonly code: DiscoveryErrorCode;
  readonly remedy: string | undefined;

  constructor(code: DiscoveryErrorCode, message: string, detail: DiscoveryErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.remedy = detail.remedy;
  }
}
