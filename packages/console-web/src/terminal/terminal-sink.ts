/** Receives the output of a shell. Contract only. */

/** A size in cells. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface TerminalSink {
  /** Writes output. Returns `false`, without taking it, if the terminal already has more than it can draw soon. */
  write(data: string): boolean;
  /** Changes the size, after all output so far. */
  resize(size: TerminalSize): void;
  /** Replaces the content of the terminal. */
  restore(snapshot: TerminalSize & { readonly data: string }): void;
}
