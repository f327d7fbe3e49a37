/** What goes wrong on the command line itself. */

import { ConvoyError } from '@convoy/node';

export type CliErrorCode =
  | 'CLI_BAD_OPTION'
  | 'CLI_BAD_CONFIG'
  | 'CLI_NO_COOKIE'
  | 'CLI_NO_CONSOLE'
  | 'CLI_CONSOLE_REFUSED'
  | 'CLI_BAD_MODULE'
  | 'CLI_LAUNCH_FAILED'
  | 'CLI_NO_LANGUAGE'
  | 'CLI_NO_SIMULATOR';

export class CliError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(CliError);
  }
  readonly code: CliErrorCode;
  /** One sentence: what usually fixes it. */
  readonly remedy: string | undefined;
  /** The code by which the console refused. */
  readonly reason: string | undefined;

  constructor(
    code: CliErrorCode,
    message: string,
    detail: { remedy?: string | undefined; reason?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.remedy = detail.remedy;
    this.reason = detail.reason;
  }
}
