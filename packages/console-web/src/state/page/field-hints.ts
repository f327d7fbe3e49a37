/**
 * Which field or button of the page carries out the remedy of a problem. The console and the packages below name their own
 * options; only this table says what those are called on the page. Pure.
 */

import type { Problem } from '@convoy/console/protocol';

const hints: Readonly<Record<string, string>> = {
  CONSOLE_CLUSTER_EXISTS: 'Change the field Name of the cluster.',
  CONSOLE_LAUNCH_UNKNOWN: 'The button Launch again of a node that has ended asks for them.',
  CONSOLE_SAME_NAME: 'Use “Connect a node…”, and choose the host as the way.',
  CONSOLE_NOT_JOINED: 'The button Doctor of the node finds the cause.',
  CONSOLE_WRONG_HOST: 'Where the console is started: convoy up --allowed-host NAME, --trusted-proxy ADDRESS.',
  CONSOLE_WRONG_ORIGIN:
    'Where the console is started: convoy up --allowed-host NAME, --trusted-proxy ADDRESS.',
  PROVIDER_BAD_NAME: 'Change the field Name.',
  PROVIDER_BAD_PROGRAM: 'Change the field Program.',
  PROVIDER_BAD_VARIABLE: 'Change the field Environment variables.',
  PROVIDER_LIMIT:
    'Delete a node here; the limit itself is set where the console is started (`convoy up --node-limit`).',
  PROVIDER_NAME_TAKEN: 'Change the field Name, or leave it empty for a free one.',
  PROVIDER_UNSUPPORTED: 'Clear that field, or choose another place in the field Where.',
  PROVIDER_FORBIDDEN: 'Enter another token in the field Token.',
  RAILWAY_NOT_AUTHORIZED: 'Enter another token in the field Token.',
  RAILWAY_TOKEN_REFUSED: 'Enter another token in the field Token.',
  SSH_AUTH_REFUSED:
    'The console uses the keys of the user it runs as; the user name to log in with is part of the field Host.',
  SSH_BAD_TARGET: 'Change the field Host.',
  SSH_HOST_KEY_UNKNOWN:
    'Connect to the host in the dialog “Connect over SSH”, which shows the key and asks whether to trust it.',
};

/** What fixes a problem that is shown beside its field. */
const adviceInField: Readonly<Record<string, string>> = {
  CONSOLE_LAUNCH_UNKNOWN: 'Enter those that it needs. Launching replaces what is left of the node.',
  PROVIDER_NAME_TAKEN: 'Choose another name, or leave the field empty for a free one.',
  PROVIDER_UNSUPPORTED: 'Leave the field empty, or choose another place.',
};

/** A problem and what fixes it as sentences beside the field that it is about. */
export function problemSentence({ code, message, remedy }: Problem): string {
  return joined([sentenceOf(message), adviceInField[code] ?? remedy]);
}

/** A problem, what fixes it and where, as sentences. */
export function problemWithAdvice(problem: Problem): string {
  return joined([sentenceOf(problem.message), adviceFor(problem)]);
}

/** What usually fixes a problem, and where on the page; '' if that is unknown. */
export function adviceFor({ code, remedy }: Pick<Problem, 'code' | 'remedy'>): string {
  return joined([remedy, fieldHint(code)]);
}

function sentenceOf(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/\.?$/, '.');
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

/** A sentence about the problem with `code`; `undefined` if its remedy is enough. */
export function fieldHint(code: string): string | undefined {
  return hints[code];
}
