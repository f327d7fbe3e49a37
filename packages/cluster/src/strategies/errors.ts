/** What goes wrong while nodes look for each other. No message holds a secret. */

import { ConvoyError } from '@convoy/node';

/** Codes of `DiscoveryError`; docs/errors.md has the meaning and the remedy of each. */
export type DiscoveryErrorCode =
  | 'DISCOVERY_BAD_OPTION'
  | 'DISCOVERY_LOOKUP_FAILED'
  | 'DISCOVERY_LIMIT'
  | 'DISCOVERY_DIAL_REFUSED'
  | 'DISCOVERY_NOT_READY'
  | 'DISCOVERY_CLOSED';

/** Nodes could not be looked for, or not be dialled. */
export class DiscoveryError extends ConvoyError<DiscoveryErrorCode> {
  static {
    ConvoyError.nameAfterClass(DiscoveryError);
  }
}
