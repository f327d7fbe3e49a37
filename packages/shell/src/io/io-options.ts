/**
 * The options of a group leader: what `setopts` may change and what `getopts` reports. Pure.
 *
 * A shell writes back the whole list that it read (erl does so after a scan error), so every reported option is accepted.
 * If one option is unknown, the whole request is refused and nothing changes.
 */

import { atom, atomName, type Term, Tuple, tuple } from '@convoy/node/etf';
import type { Encoding } from './chardata.ts';

export interface IoOptions {
  /** Whether input is sent as binaries instead of lists of characters. */
  readonly binary: boolean;
  readonly echo: boolean;
  readonly encoding: Encoding;
  /** Whether input lines are added to the history; set by erl of OTP 28 and later around its own prompt. */
  readonly lineHistory: boolean;
}

export const defaultIoOptions: IoOptions = {
  binary: false,
  echo: true,
  encoding: 'unicode',
  lineHistory: true,
};

/** The options after `setopts`; `undefined` when one of the changes is not supported. */
export function applyOptions(options: IoOptions, changes: Term): IoOptions | undefined {
  if (!Array.isArray(changes)) return undefined;
  let result: IoOptions | undefined = options;
  for (const change of changes as readonly Term[]) {
    result = result === undefined ? undefined : applyOption(result, change);
  }
  return result;
}

function applyOption(options: IoOptions, change: Term): IoOptions | undefined {
  const [name, value] =
    change instanceof Tuple ? [atomName(change.at(0)), change.at(1)] : [atomName(change), true];
  if (change instanceof Tuple && change.length !== 2) return undefined;
  switch (name) {
    case 'binary':
      return typeof value === 'boolean' ? { ...options, binary: value } : undefined;
    case 'list':
      return typeof value === 'boolean' ? { ...options, binary: !value } : undefined;
    case 'echo':
      return typeof value === 'boolean' ? { ...options, echo: value } : undefined;
    case 'line_history':
      return typeof value === 'boolean' ? { ...options, lineHistory: value } : undefined;
    case 'encoding':
      return withEncoding(options, atomName(value));
    case 'unicode':
    case 'utf8':
    case 'latin1':
      return value === true ? withEncoding(options, name) : undefined;
    // Completion uses remote calls (repl/), so the fun is not stored; `terminal` is only ever written back.
    case 'expand_fun':
    case 'terminal':
      return options;
    default:
      return undefined;
  }
}

function withEncoding(options: IoOptions, name: string | undefined): IoOptions | undefined {
  if (name === 'latin1') return { ...options, encoding: 'latin1' };
  return name === 'unicode' || name === 'utf8' ? { ...options, encoding: 'unicode' } : undefined;
}

/** All options, as a list that `applyOptions` takes. */
export function listOptions({ binary, echo, encoding, lineHistory }: IoOptions): Term {
  return [
    tuple(atom('binary'), binary),
    tuple(atom('echo'), echo),
    tuple(atom('encoding'), atom(encoding)),
    tuple(atom('line_history'), lineHistory),
  ];
}

/** The answer to `getopts`. `terminal` makes OTP 26 and later colour its help texts. */
export function reportOptions(options: IoOptions): Term {
  return [
    tuple(atom('expand_fun'), false),
    tuple(atom('echo'), options.echo),
    tuple(atom('binary'), options.binary),
    tuple(atom('encoding'), atom(options.encoding)),
    tuple(atom('terminal'), true),
  ];
}
