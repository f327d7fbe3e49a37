/** The errors of node discovery. No message contains a secret. */

import { ConvoyError } from '@convoy/node';

/** The codes of `DiscoveryError`; docs/errors.md describes each. */
export type DiscoveryErrorCode =
  | 'DISCOVERY_BAD_OPTION'
  | 'DISCOVERY_LOOKUP_FAILED'
  | 'DISCOVERY_LIMIT'
  | 'DISCOVERY_DIAL_REFUSED'
  | 'DISCOVERY_NOT_READY'
  | 'DISCOVERY_CLOSED';

/** Nodes could not be looked up, or could not be dialled. */
export class DiscoveryError extends ConvoyError<DiscoveryErrorCode> {
  static {
    ConvoyError.nameAfterClass(DiscoveryError);
  }
}
