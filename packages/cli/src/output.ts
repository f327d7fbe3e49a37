/**
 * Output of the commands: results on standard output, everything else on standard error. With `--json` standard output is exactly one
 * JSON document, also when the command fails. Text from other nodes is made safe for terminals, and has colours only where they are shown.
 */

import { ConvoyError, visibleText } from '@convoy/node';
import { CliError } from './errors.ts';
import { exitCodeFor } from './exit-codes.ts';
import { hintFor } from './hints.ts';

/** The output options of a command. */
export interface OutputOptions {
  readonly json?: boolean;
  /** The output goes on, with one JSON document per line; an error is one, too. */
  readonly isStream?: boolean | undefined;
}

/** Prints `value` as JSON, or `text` for people. */
export function printResult(options: OutputOptions, value: unknown, text: string): void {
  if (options.json === true) print(printableJson(value));
  else if (text !== '') print(text);
}

/** Prints a line to standard output. */
export function print(text: string): void {
  writeTo(process.stdout, `${text}\n`);
}

/** Prints progress or a warning to standard error. */
export function note(text: string): void {
  writeTo(process.stderr, `${text}\n`);
}

/** Writes text that may come from other nodes. */
export function writeTo(stream: OutputStream, text: string): void {
  stream.write(printable(text, showsColours(stream)));
}

/** Standard output or standard error; `hasColors` is a method of terminals only. */
export interface OutputStream {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** Whether the stream is a terminal that shows colours: not a file or pipe, and neither NO_COLOR nor TERM=dumb is set. */
export function showsColours(stream: OutputStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (stream.isTTY !== true || (env['NO_COLOR'] ?? '') !== '') return false;
  return stream.hasColors?.() === true;
}

/** Whether the terminal understands escape sequences that move the cursor. */
export function isDumbTerminal(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['TERM'] === 'dumb';
}

/**
 * Makes text safe for a terminal. Line ends and tabs are kept, and colours if the terminal shows them; every other control character is
 * replaced by its picture (`␛`), and characters that change the writing direction are made visible. A log line must not set the
 * clipboard, move the cursor or read as something else.
 */
export function printable(text: string, keepsColours = true): string {
  return visibleText(text).replaceAll(
    /\u001b\[[\d;]{0,20}m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (found) => {
      if (found.length > 1) return keepsColours ? found : '';
      const code = found.charCodeAt(0);
      if (code === 0x7f) return '\u2421';
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : `<${code.toString(16)}>`;
    },
  );
}

/** `value` as JSON that is safe for a terminal: unsafe characters are escaped, so parsing it gives the same value. */
export function printableJson(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value, undefined, 2));
}

/** `value` as JSON on one line, for output that goes on: one document per line. */
export function printableLine(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value));
}

function escapeUnsafe(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An error as the command reports it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** What usually fixes it, in the terms of the library that failed. */
  readonly remedy?: string | undefined;
  /** The error code of another program that refused, for example the console. */
  readonly reason?: string | undefined;
  /** The flag or command that carries out the remedy. */
  readonly hint?: string | undefined;
  /** The output of a node that did not start, or its first and last lines. */
  readonly lastOutput?: readonly string[] | undefined;
  /** What the doctor found. */
  readonly diagnosis?: unknown;
  /** Why a node has not answered: `slow`, `gone`. */
  readonly kind?: string | undefined;
}

/** Describes an error for people and scripts. An error without a stable code is a bug in Convoy: `UNEXPECTED`. */
export function describeError(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ConvoyError)) return { code: 'UNEXPECTED', message };
  const { code, remedy, value } = error;
  const own = error instanceof CliError ? error : undefined;
  const reason = own?.reason;
  const hint = hintFor({ code: reason ?? code, value });
  const [diagnosis, kind] = [own?.diagnosis, own?.kind];
  return { code, message, remedy, reason, hint, lastOutput: lastOutputOf(error), diagnosis, kind };
}

/** Errors of several packages have the last lines of output of a node. */
function lastOutputOf(error: ConvoyError): readonly string[] | undefined {
  const lines: unknown = 'lastOutput' in error ? error.lastOutput : undefined;
  const isText = Array.isArray(lines) && lines.length > 0 && lines.every((line) => typeof line === 'string');
  return isText ? lines : undefined;
}

/** An error as one line for a log: what failed, and what to do. */
export function errorLine(error: unknown): string {
  const { message, remedy, hint } = describeError(error);
  const advice = [remedy, hint === undefined ? undefined : `With the command: ${hint}`].filter(
    (part) => part !== undefined,
  );
  return advice.length === 0 ? message : `${message}. ${advice.join(' ')}`;
}

/** Prints the failure of a command and sets the exit code. */
export function printFailure(options: OutputOptions, error: unknown): void {
  const problem = describeError(error);
  if (options.json === true)
    print((options.isStream === true ? printableLine : printableJson)({ error: problem }));
  const isKnown = problem.code !== 'UNEXPECTED';
  note(`convoy: ${problem.message}${isKnown ? ` [${problem.reason ?? problem.code}]` : ''}`);
  if (problem.lastOutput !== undefined) {
    note('  Its output:');
    for (const line of problem.lastOutput) note(`    ${line}`.trimEnd());
  }
  if (problem.remedy !== undefined) note(`  ${problem.remedy}`);
  if (problem.hint !== undefined) note(`  With the command: ${problem.hint}`);
  if (!isKnown && error instanceof Error && error.stack !== undefined) note(error.stack);
  process.exitCode = exitCodeFor(problem.code);
}

/** A table whose columns are as wide as their widest cell, separated by two spaces. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const formatRow = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => formatRow(row).trimEnd()).join('\n');
}

/** What several nodes answered, indented under their names; nodes with the same answer stand together. */
export function groupedText(answers: readonly { readonly node: string; readonly text: string }[]): string {
  const groups = Map.groupBy(answers, ({ text }) => text);
  return Array.from(groups, ([text, some]) => {
    const indented = text.split('\n').map((line) => `  ${line}`);
    return [some.map(({ node }) => node).join(', '), ...indented].join('\n');
  }).join('\n');
}
