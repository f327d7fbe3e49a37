/** What goes wrong on the command line, with the exit code a script sees. */

import { ConvoyError } from '@convoy/node';

export type CliErrorCode =
  | 'CLI_BAD_OPTION'
  | 'CLI_BAD_CONFIG'
  | 'CLI_NO_COOKIE'
  | 'CLI_NO_CONSOLE'
  | 'CLI_CONSOLE_REFUSED'
  | 'CLI_BAD_MODULE'
  | 'CLI_LAUNCH_FAILED';

/** 0 done, 1 it failed, 2 wrong usage, 3 the node cannot be reached, 4 no console runs. */
export const exitCodes = { failed: 1, usage: 2, unreachable: 3, noConsole: 4 } as const;

export class CliError extends ConvoyError {
  static {
    ConvoyError.nameAfterClass(CliError);
  }
  readonly code: CliErrorCode;
  readonly remedy: string | undefined;

  constructor(
    code: CliErrorCode,
    message: string,
    detail: { remedy?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.remedy = detail.remedy;
  }
}

function codeOf(error: unknown): string {
  return error instanceof ConvoyError ? error.code : '';
}

/** The exit code that says what kind of failure `error` is. */
export function exitCodeOf(error: unknown): number {
  const code = codeOf(error);
  if (code === 'CLI_NO_CONSOLE') return exitCodes.noConsole;
  if (/^CLI_BAD_|^CLI_NO_COOKIE|^NODE_BAD_|^DECODE_/.test(code)) return exitCodes.usage;
  return /^(CONNECTION|HANDSHAKE|EPMD)_|^CALL_NODEDOWN/.test(code) ? exitCodes.unreachable : exitCodes.failed;
}
