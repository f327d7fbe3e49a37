/** What takes the output of a shell. Contract only. */

export interface TerminalSink {
  /** False when it already holds more than it can draw soon: the data is not taken. */
  write(data: string): boolean;
  /** Replaces everything the terminal shows. */
  restore(snapshot: { readonly data: string; readonly cols: number; readonly rows: number }): void;
}
