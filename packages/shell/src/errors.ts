/** The errors of this package. Codes are stable and documented in docs/errors.md. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

/** The codes of `ShellError`. */
export type ShellErrorCode =
  /** The node does not have the requested kind of shell, or no shell at all. */
  | 'SHELL_UNAVAILABLE'
  /** The node failed to start a shell. */
  | 'SHELL_START_FAILED'
  /** The maximum number of shells is open. */
  | 'SHELL_LIMIT'
  /** The shell was closed while it was being opened or used. */
  | 'SHELL_CLOSED';

/** A shell could not be opened, or has ended. */
export class ShellError extends ConvoyError<ShellErrorCode> {
  static {
    ConvoyError.nameAfterClass(ShellError);
  }
  /** The node the shell was for. */
  readonly target: string;

  constructor(code: ShellErrorCode, message: string, detail: ConvoyErrorDetail & { target: string }) {
    super(code, message, detail);
    this.target = detail.target;
  }
}
