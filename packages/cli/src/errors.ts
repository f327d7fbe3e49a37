/** What goes wrong on the command line itself. */

import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

export type CliErrorCode =
  | 'CLI_BAD_OPTION'
  | 'CLI_BAD_CONFIG'
  | 'CLI_NO_COOKIE'
  | 'CLI_NO_CONSOLE'
  | 'CLI_CONSOLE_REFUSED'
  | 'CLI_WRONG_ANSWER'
  | 'CLI_BAD_MODULE'
  | 'CLI_LAUNCH_FAILED'
  | 'CLI_NO_LANGUAGE'
  | 'CLI_NO_SIMULATOR';

export class CliError extends ConvoyError<CliErrorCode> {
  static {
    ConvoyError.nameAfterClass(CliError);
  }
  /** The code by which the console refused. */
  readonly reason: string | undefined;

  constructor(
    code: CliErrorCode,
    message: string,
    detail: ConvoyErrorDetail & { reason?: string | undefined } = {},
  ) {
    super(code, message, detail);
    this.reason = detail.reason;
  }
}
