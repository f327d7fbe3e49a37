/**
 * Which field or button of the page carries out the remedy of a problem. The console and the packages below name their own
 * options; only this table says what those are called on the page. Pure.
 */

const hints: Readonly<Record<string, string>> = {
  CONSOLE_NOT_JOINED: 'The button Doctor of the node finds the cause.',
  CONSOLE_WRONG_HOST: 'Where the console is started: convoy up --allowed-host NAME, --trusted-proxy ADDRESS.',
  CONSOLE_WRONG_ORIGIN:
    'Where the console is started: convoy up --allowed-host NAME, --trusted-proxy ADDRESS.',
  PROVIDER_BAD_NAME: 'Change the field Name.',
  PROVIDER_BAD_VARIABLE: 'Change the field Environment variables.',
  PROVIDER_LIMIT:
    'Delete a node here; the limit itself is set where the console is started (`convoy up --node-limit`).',
  PROVIDER_NAME_TAKEN: 'Change the field Name, or leave it empty for a free one.',
  PROVIDER_FORBIDDEN: 'Enter another token in the field Token.',
  RAILWAY_NOT_AUTHORIZED: 'Enter another token in the field Token.',
  RAILWAY_TOKEN_REFUSED: 'Enter another token in the field Token.',
  SSH_AUTH_REFUSED:
    'The console uses the keys of the user it runs as; the user name to log in with is part of the field Host.',
  SSH_BAD_TARGET: 'Change the field Host.',
  SSH_HOST_KEY_UNKNOWN: 'The button “Trust this key and connect” accepts it.',
};

/** What usually fixes a problem, and where on the page; '' if that is unknown. */
export function adviceFor({
  code,
  remedy,
}: {
  readonly code: string;
  readonly remedy?: string | undefined;
}): string {
  return [remedy, fieldHint(code)].filter((part) => part !== undefined).join(' ');
}

/** A sentence about the problem with `code`; `undefined` if its remedy is enough. */
export function fieldHint(code: string): string | undefined {
  return hints[code];
}
