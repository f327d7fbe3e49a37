/** What goes wrong between asking for a node and having it. No message holds a cookie. */

import { ConvoyError } from '@convoy/node';

export type ProviderErrorCode =
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_BAD_NAME'
  | 'PROVIDER_NAME_TAKEN'
  | 'PROVIDER_LIMIT'
  | 'PROVIDER_SPAWN_FAILED'
  | 'PROVIDER_NODE_EXITED'
  | 'PROVIDER_TIMEOUT'
  | 'PROVIDER_CANCELLED'
  | 'PROVIDER_NO_NODE'
  | 'PROVIDER_CLOSED';

export interface ProviderErrorDetail {
  /** Full name of the node, where it has one already. */
  readonly node?: string | undefined;
  /** What usually fixes it, one sentence. */
  readonly remedy?: string | undefined;
  /** The last lines the node printed. */
  readonly lastOutput?: readonly string[];
  readonly cause?: unknown;
}

/** A node could not be launched, found or removed. */
export class ProviderError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(ProviderError);
  }
  readonly code: ProviderErrorCode;
  readonly node: string | undefined;
  readonly remedy: string | undefined;
  readonly lastOutput: readonly string[];

  constructor(code: ProviderErrorCode, message: string, detail: ProviderErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.node = detail.node;
    this.remedy = detail.remedy;
    this.lastOutput = detail.lastOutput ?? [];
  }
}
