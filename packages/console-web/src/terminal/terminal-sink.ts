/** Receives the output of a shell. Contract only. */

export interface TerminalSink {
  /** Writes output. Returns `false`, without taking it, if the terminal already has more than it can draw soon. */
  write(data: string): boolean;
  /** Replaces the content of the terminal. */
  restore(snapshot: { readonly data: string; readonly cols: number; readonly rows: number }): void;
}
