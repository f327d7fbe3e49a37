/** The errors of this package. Codes are stable and documented in docs/errors.md. */
import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

export type ShellErrorCode =
  /** The node has neither IEx, nor an Erlang shell, nor the TypeScript evaluator, or not the kind asked for. */
  | 'SHELL_UNAVAILABLE'
  /** The node was asked to start a shell and failed. */
  | 'SHELL_START_FAILED'
  /** As many shells as allowed are open. */
  | 'SHELL_LIMIT'
  /** The shell was closed while it was being opened or used. */
  | 'SHELL_CLOSED';

/** A shell that could not be opened or has ended. `target` is the node it was for. */
export class ShellError extends ConvoyError<ShellErrorCode> {
  static {
    ConvoyError.nameAfterClass(ShellError);
  }
  readonly target: string;

  constructor(code: ShellErrorCode, message: string, detail: ConvoyErrorDetail & { target: string }) {
    super(code, message, detail);
    this.target = detail.target;
  }
}
