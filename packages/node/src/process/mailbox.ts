/**
 * The messages a process has not received yet, in order of arrival; those with priority come before all others. Taking the oldest is O(1)
 * for any length; taking a later one moves those after it. A search for more of the same begins where the last one ended. The caller
 * enforces bounds.
 */

/** What `shift` and `take` return when there is no message: every term, even `undefined`, can be a message. */
export const noMessage: unique symbol = Symbol('no message');

/** With fewer dead slots at the front it is not worth moving the rest. */
const compactAfter = 512;

/** Which messages a search can leave out. */
export interface Search<Message> {
  /** The same for searches of the same kind: what the last one refused is looked at last. */
  readonly kind: unknown;
  /** Whether a message is too old to be what is searched for; older messages are, too. Default: none is. */
  readonly isTooOld?: ((message: Message) => boolean) | undefined;
}

export class Mailbox<Message> {
  #messages: (Message | undefined)[] = [];
  #head = 0;
  /** The kind of the last search, and where what it refused ends. */
  #searched: { readonly kind: unknown; end: number } | undefined;
  /** The mailbox of the messages with priority, once there was one. */
  #first: Mailbox<Message> | undefined;

  get length(): number {
    return this.#messages.length - this.#head + (this.#first === undefined ? 0 : this.#first.length);
  }

  push(message: Message): void {
    this.#messages.push(message);
  }

  /** Adds a message with priority: after the others of its kind, before all without. */
  pushFirst(message: Message): void {
    this.#first ??= new Mailbox();
    this.#first.push(message);
  }

  /** The oldest message. */
  shift(): Message | typeof noMessage {
    if (this.#first !== undefined && this.#first.length > 0) return this.#first.#shiftOwn();
    return this.#shiftOwn();
  }

  /** The oldest message without priority. */
  #shiftOwn(): Message | typeof noMessage {
    if (this.#head === this.#messages.length) return noMessage;
    const message = this.#messages[this.#head] as Message;
    this.#messages[this.#head++] = undefined;
    if (this.#head === this.#messages.length) this.#empty();
    else if (this.#head >= compactAfter && this.#head * 2 >= this.#messages.length) this.#compact();
    return message;
  }

  /** The oldest message that `match` accepts, of those that the search does not leave out. */
  take(match: (message: Message) => boolean, search: Search<Message>): Message | typeof noMessage {
    const first = this.#first === undefined ? noMessage : this.#first.#takeAny(match);
    if (first !== noMessage) return first;
    if (search.isTooOld !== undefined) {
      const start = this.#firstNot(search.isTooOld);
      return this.#remove(this.#find(match, start, this.#messages.length));
    }
    const last = this.#searched;
    const searched = last !== undefined && last.kind === search.kind ? last : { kind: search.kind, end: 0 };
    this.#searched = searched;
    const start = Math.max(this.#head, searched.end);
    const found = this.#find(match, start, this.#messages.length);
    searched.end = found ?? this.#messages.length;
    // `match` may have changed its mind: what it wants now must not wait forever.
    return this.#remove(found ?? this.#find(match, this.#head, start));
  }

  /** The oldest message that `match` accepts. Few messages have priority, so they are all looked at. */
  #takeAny(match: (message: Message) => boolean): Message | typeof noMessage {
    return this.#remove(this.#find(match, this.#head, this.#messages.length));
  }

  clear(): void {
    this.#empty();
    this.#first = undefined;
  }

  #empty(): void {
    this.#messages = [];
    this.#head = 0;
    this.#searched = undefined;
  }

  #find(match: (message: Message) => boolean, start: number, end: number): number | undefined {
    for (let index = start; index < end; index += 1) {
      if (match(this.#messages[index] as Message)) return index;
    }
    return undefined;
  }

  #remove(index: number | undefined): Message | typeof noMessage {
    if (index === undefined) return noMessage;
    if (index === this.#head) return this.#shiftOwn();
    if (this.#searched !== undefined && index < this.#searched.end) this.#searched.end -= 1;
    return this.#messages.splice(index, 1)[0] as Message;
  }

  /** The first message that is not too old, by halving: age falls from the front to the back. */
  #firstNot(isTooOld: (message: Message) => boolean): number {
    let [low, high] = [this.#head, this.#messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isTooOld(this.#messages[middle] as Message)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#head);
    if (this.#searched !== undefined) this.#searched.end -= this.#head;
    this.#head = 0;
  }
}
