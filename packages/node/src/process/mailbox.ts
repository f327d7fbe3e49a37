/**
 * The messages a process has not received yet, in order of arrival. Taking the oldest is O(1) for any length; taking a
 * later one moves those after it. The caller enforces bounds.
 */

/** What `shift` and `take` return when there is no message: every term, even `undefined`, can be a message. */
export const noMessage: unique symbol = Symbol('no message');

/** With fewer dead slots at the front it is not worth moving the rest. */
const compactAfter = 512;

export class Mailbox<Message> {
  #messages: (Message | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#messages.length - this.#head;
  }

  push(message: Message): void {
    this.#messages.push(message);
  }

  /** The oldest message. */
  shift(): Message | typeof noMessage {
    if (this.#head === this.#messages.length) return noMessage;
    const message = this.#messages[this.#head] as Message;
    this.#messages[this.#head++] = undefined;
    if (this.#head === this.#messages.length) this.clear();
    else if (this.#head >= compactAfter && this.#head * 2 >= this.#messages.length) this.#compact();
    return message;
  }

  /** The oldest message that `match` accepts. */
  take(match: (message: Message) => boolean): Message | typeof noMessage {
    for (let index = this.#head; index < this.#messages.length; index += 1) {
      const message = this.#messages[index] as Message;
      if (!match(message)) continue;
      if (index === this.#head) return this.shift();
      this.#messages.splice(index, 1);
      return message;
    }
    return noMessage;
  }

  clear(): void {
    this.#messages = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#head);
    this.#head = 0;
  }
}
