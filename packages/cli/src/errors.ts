/** Errors of the command line itself, as opposed to those of the libraries it uses. */

import type { DiagnosisView, InspectProblemView } from '@convoy/console/protocol';
import { ConvoyError, type ConvoyErrorDetail } from '@convoy/node';

/** Codes of `CliError`. */
export type CliErrorCode =
  | 'CLI_BAD_OPTION'
  | 'CLI_BAD_CONFIG'
  | 'CLI_NO_COOKIE'
  | 'CLI_BAD_PEER_COOKIES'
  | 'CLI_NO_CONSOLE'
  | 'CLI_CONSOLE_REFUSED'
  | 'CLI_WRONG_ANSWER'
  | 'CLI_BAD_MODULE'
  | 'CLI_LAUNCH_FAILED'
  | 'CLI_AMBIGUOUS_NODE'
  | 'CLI_ATTACH_FAILED'
  | 'CLI_NOT_CONFIRMED'
  | 'CLI_EPMD_ENDED'
  | 'CLI_NO_LANGUAGE'
  | 'CLI_NO_ANSWER'
  | 'CLI_NO_SIMULATOR';

/** Details of a `CliError`. */
export interface CliErrorDetail extends ConvoyErrorDetail {
  readonly reason?: string | undefined;
  readonly lastOutput?: readonly string[] | undefined;
  readonly diagnosis?: DiagnosisView | undefined;
  readonly kind?: InspectProblemView['kind'] | undefined;
}

/** The command cannot do what was asked. */
export class CliError extends ConvoyError<CliErrorCode> {
  static {
    ConvoyError.nameAfterClass(CliError);
  }
  /** The error code with which the console refused, for CLI_CONSOLE_REFUSED, CLI_LAUNCH_FAILED and CLI_ATTACH_FAILED. */
  readonly reason: string | undefined;
  /** The last lines of output of a node that did not start, for CLI_LAUNCH_FAILED. */
  readonly lastOutput: readonly string[];
  /** What the doctor found, for CLI_ATTACH_FAILED. */
  readonly diagnosis: DiagnosisView | undefined;
  /** Why a node has not answered, for CLI_NO_ANSWER. */
  readonly kind: InspectProblemView['kind'] | undefined;

  constructor(code: CliErrorCode, message: string, detail: CliErrorDetail = {}) {
    super(code, message, detail);
    this.reason = detail.reason;
    this.lastOutput = detail.lastOutput ?? [];
    this.diagnosis = detail.diagnosis;
    this.kind = detail.kind;
  }
}
