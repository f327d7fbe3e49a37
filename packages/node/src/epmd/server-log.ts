/** The lines in which a daemon tells what it does, in the words of `epmd -debug`. Pure. */

import type { Answer } from './answers.ts';
import type { EpmdRequest } from './messages.ts';
import type { RegistrationChange } from './registration-table.ts';

const tags = {
  register: 'ALIVE2',
  lookup: 'PORT2',
  names: 'NAMES',
  dump: 'DUMP',
  kill: 'KILL',
  stop: 'STOP',
} as const satisfies Record<EpmdRequest['kind'], string>;

/** The line for a request. */
export function requestLine({ kind }: EpmdRequest): string {
  return `** got ${tags[kind]}_REQ`;
}

/** The line for the reply to a request; `undefined` if there is none. */
export function replyLine(request: EpmdRequest, { reply }: Answer): string | undefined {
  if (reply === undefined) return undefined;
  const sent = `** sent ${tags[request.kind]}_RESP`;
  if (request.kind === 'register') return `${sent} for "${request.entry.name}"`;
  // The second byte of the reply says whether the name is registered.
  if (request.kind === 'lookup') return `${sent} (${reply[1] === 0 ? 'ok' : 'error'}) for "${request.name}"`;
  return sent;
}

/** The lines for a name that was registered or released. */
export function registrationLines({ kind, entry, creation }: RegistrationChange): string[] {
  const { name, port, nodeType, protocol, highestVersion, lowestVersion } = entry;
  const what = `'${name}:${creation}', port ${port}`;
  if (kind === 'released') return [`unregistering ${what}`];
  const versions = `highvsn ${highestVersion} lowvsn ${lowestVersion}`;
  return [`registering ${what}`, `type ${nodeType} proto ${protocol} ${versions}`];
}
