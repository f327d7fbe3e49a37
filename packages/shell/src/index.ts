/** The entry point `@convoy/shell`: real IEx, Erlang and TypeScript shells on any node, with nothing installed there. */

export { ShellError, type ShellErrorCode } from './errors.ts';
export type { ReplKind } from './repl/repl.ts';
export { OutputFilter, sanitizeText } from './sanitize.ts';
export type { OutputChunk } from './session/output-ring.ts';
export type { Snapshot } from './session/screen.ts';
export { openShell } from './session/open-shell.ts';
export { resumeShell, type ResumeShellOptions } from './session/resume-shell.ts';
export { type HistoryOptions, openHistory } from './history-file.ts';
export type { ShellHistory } from './session/shell-history.ts';
export type {
  CloseShellOptions,
  OpenShellOptions,
  ShellSession,
  ShellState,
} from './session/shell-session.ts';
export { attachTerminal, type TerminalStreams } from './terminal.ts';
