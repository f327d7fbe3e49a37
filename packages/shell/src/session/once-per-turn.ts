/**
 * Applies a value that may change many times in a turn of the event loop: the first at once, and of later ones only the
 * newest, in the next turn. A node that asks and takes back a thousand times in one packet has the prompt drawn twice.
 */
export class OncePerTurn<Value> {
  readonly #apply: (value: Value) => void;
  readonly #join: (earlier: Value, later: Value) => Value;
  readonly #onFault: (error: unknown) => void;
  #isTurnUsed = false;
  #waiting: { readonly value: Value } | undefined;

  /** `join` gives the value to apply instead of two; `onFault` takes what `apply` throws in the next turn. */
  constructor(
    apply: (value: Value) => void,
    join: (earlier: Value, later: Value) => Value,
    onFault: (error: unknown) => void,
  ) {
    this.#apply = apply;
    this.#join = join;
    this.#onFault = onFault;
  }

  set(value: Value): void {
    if (this.#isTurnUsed) {
      this.#waiting = { value: this.#waiting === undefined ? value : this.#join(this.#waiting.value, value) };
      return;
    }
    this.#isTurnUsed = true;
    setImmediate(() => {
      this.#isTurnUsed = false;
      try {
        this.flush();
      } catch (error) {
        this.#onFault(error);
      }
    });
    this.#apply(value);
  }

  /** Applies the pending input now, for callers that depend on it. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#apply(waiting.value);
  }
}
