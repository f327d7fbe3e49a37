/**
 * How commands speak: results on standard output, everything else on standard error. With `--json` standard output is
 * exactly one JSON document, also when the command fails.
 */

import { ConvoyError } from '@convoy/node';
import { CliError, exitCodeOf } from './errors.ts';

export interface OutputOptions {
  readonly json?: boolean;
}

/** Prints `value` as JSON, or `text` for people. */
export function printResult(options: OutputOptions, value: unknown, text: string): void {
  if (options.json === true) console.log(JSON.stringify(value, undefined, 2));
  else if (text !== '') console.log(text);
}

/** A line about what is going on, never part of the result. */
export function note(text: string): void {
  console.error(text);
}

function describe(error: unknown): { code: string; message: string; remedy?: string } {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ConvoyError ? error.code : 'UNEXPECTED';
  const remedy = error instanceof CliError ? error.remedy : undefined;
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}

/** Prints the failure of a command and sets the exit code. */
export function printFailure(options: OutputOptions, error: unknown): void {
  const problem = describe(error);
  if (options.json === true) console.log(JSON.stringify({ error: problem }, undefined, 2));
  console.error(`convoy: ${problem.message}${problem.code === 'UNEXPECTED' ? '' : ` [${problem.code}]`}`);
  if (problem.remedy !== undefined) console.error(`  ${problem.remedy}`);
  if (problem.code === 'UNEXPECTED' && error instanceof Error) console.error(error.stack);
  process.exitCode = exitCodeOf(error);
}

/** Columns as wide as their widest cell, two spaces between them. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
