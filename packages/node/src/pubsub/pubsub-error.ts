/** The error class of PubSub. */

import { ConvoyError } from '../errors.ts';

/** The codes of `PubSubError`. */
export type PubSubErrorCode =
  | 'PUBSUB_BAD_NAME'
  | 'PUBSUB_BAD_POOL'
  | 'PUBSUB_BAD_TOPIC'
  | 'PUBSUB_BAD_DISPATCHER'
  | 'PUBSUB_CLOSED';

/** PubSub cannot do what was asked. */
export class PubSubError extends ConvoyError<PubSubErrorCode> {
  static {
    ConvoyError.nameAfterClass(PubSubError);
  }
}
