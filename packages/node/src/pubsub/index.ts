/** The entry point `@convoy/node/pubsub`: a PubSub that Phoenix.PubSub of other nodes takes for one of theirs. */

export { type BroadcastOptions, PubSub, type PubSubOptions, startPubSub, type Subscriber } from './pubsub.ts';
export { PubSubError, type PubSubErrorCode } from './pubsub-error.ts';
export type { PubSubListener, TopicMessage } from './topic-table.ts';
