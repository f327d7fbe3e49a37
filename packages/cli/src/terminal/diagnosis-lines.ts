/** Formats what the doctor found for people. */

import type { DiagnosisView } from '@convoy/console/protocol';
import { hintFor } from '../hints.ts';

/** What the doctor found: its own answer, or that of the console. */
interface ShownDiagnosis extends Pick<DiagnosisView, 'node' | 'from'> {
  readonly fault?: ShownFault | undefined;
  readonly warnings: readonly ShownFault[];
}

export interface ShownFault {
  readonly code: string;
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly remedy: string;
  readonly possible?: readonly { readonly cause: string; readonly check: string }[] | undefined;
  readonly value?: string | undefined;
}

type ShownStep = Pick<DiagnosisView['steps'][number], 'label' | 'status' | 'detail' | 'durationMs'>;

const marks = { ok: 'ok', failed: 'FAILED', warning: 'note', skipped: '-' } as const;

/** The line for a step. */
export function diagnosisStepLine({ label, status, detail, durationMs }: ShownStep): string {
  return `${marks[status]}  ${label}: ${detail}  (${durationMs} ms)`;
}

/** The verdict: the fault with its remedy, or that there is none, and what else was noticed. */
export function verdictText({ node, from, fault, warnings }: ShownDiagnosis): string {
  const verdict = fault === undefined ? `${node} can be reached from ${from}.` : faultText(fault);
  return [verdict, ...warnings.map((warning) => `also: ${faultText(warning)}`)].join('\n');
}

/** A fault with its evidence, the causes that fit it, and the remedy. */
export function faultText({ sentence, evidence, remedy, possible = [], code, value }: ShownFault): string {
  const hint = hintFor({ code, value });
  return [
    `${sentence} [${code}]`,
    ...evidence.map((line) => `  seen: ${line}`),
    ...possible.flatMap(({ cause, check }, at) => [
      `  ${at === 0 ? 'either' : 'or'}: ${cause}`,
      `    to find out: ${check}`,
    ]),
    `  do: ${remedy}`,
    ...(hint === undefined ? [] : [`  with the command: ${hint}`]),
  ].join('\n');
}
