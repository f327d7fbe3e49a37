/**
 * Throttles a value that may change many times in a turn of the event loop: applies the first one immediately, and only the
 * newest of the later ones in the next turn. If a node opens and cancels a thousand requests in one packet, the prompt is
 * drawn twice.
 */
export class OncePerTurn<Value> {
  readonly #apply: (value: Value) => void;
  readonly #join: (earlier: Value, later: Value) => Value;
  readonly #onFault: (error: unknown) => void;
  #isTurnUsed = false;
  #waiting: { readonly value: Value } | undefined;

  /** `join` merges two values into one; `onFault` is called for an error of `apply` in the next turn. */
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

  /** Applies the pending value now, for callers that depend on it. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#apply(waiting.value);
  }
}
