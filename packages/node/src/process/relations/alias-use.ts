/** How an alias of a process is used. Plain data. */

/** What was asked for when an alias was made. */
export interface AliasUse {
  /** The alias ends after one message. */
  readonly endsByReply: boolean;
  /** The only node whose answers it expects, if it was created with a monitor. */
  readonly node: string | undefined;
  /** What is sent to it with priority overtakes the other messages. */
  readonly isPriority: boolean;
}
