/**
 * Which field or button of the page does what the remedy of a problem asks for. The console and the packages below speak
 * of their options; what those are called on the page is known here only. Pure.
 */

const hints: Readonly<Record<string, string>> = {
  PROVIDER_BAD_NAME: 'Change the field Name.',
  PROVIDER_BAD_VARIABLE: 'Change the field Environment variables.',
  PROVIDER_LIMIT:
    'Delete a node here; the limit itself is set where the console is started (`convoy up --node-limit`).',
  PROVIDER_NAME_TAKEN: 'Change the field Name, or leave it empty for a free one.',
  RAILWAY_NOT_AUTHORIZED: 'Enter another token in the field Token.',
  RAILWAY_TOKEN_REFUSED: 'Enter another token in the field Token.',
  SSH_AUTH_REFUSED:
    'Keys are those of the user that the console runs as; the user name stands in the field Host.',
  SSH_BAD_TARGET: 'Change the field Host.',
  SSH_HOST_KEY_UNKNOWN: 'The button “Trust this key and connect” accepts it.',
};

/** What usually fixes a problem, and where on the page; '' where nobody knows. */
export function adviceFor({
  code,
  remedy,
}: {
  readonly code: string;
  readonly remedy?: string | undefined;
}): string {
  return [remedy, fieldHint(code)].filter((part) => part !== undefined).join(' ');
}

/** A sentence for the problem with `code`; `undefined` where its remedy says all. */
export function fieldHint(code: string): string | undefined {
  return hints[code];
}
