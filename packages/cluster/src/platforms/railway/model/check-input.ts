/** What Railway would refuse, or take and then break on, is refused before it is asked. Pure; throws RAILWAY_BAD_INPUT. */

import { RailwayError } from './errors.ts';

const maxNameLength = 32;
const maxVariables = 500;
const maxVariableLength = 32 * 1024;
/** Names that Railway's private network keeps to itself. */
const reservedNames = new Set(['health', 'internal', 'internal-health', 'railway', 'up']);

function refuse(message: string, remedy: string): never {
  throw new RailwayError('RAILWAY_BAD_INPUT', message, { remedy });
}

/** A name that is also a host name in the private network. */
export function checkServiceName(name: string): void {
  const isHostName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= maxNameLength;
  if (isHostName && !reservedNames.has(name) && !name.startsWith('railway-internal')) return;
  refuse(
    `${JSON.stringify(name.slice(0, 100))} cannot be the name of a service`,
    `Use small letters, digits and hyphens, at most ${maxNameLength}, and none of ${[...reservedNames].join(', ')}.`,
  );
}

/** Values never appear in the message. */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const entries = Object.entries(variables);
  if (entries.length > maxVariables) {
    refuse(`${entries.length} variables are too many`, `Give at most ${maxVariables} at a time.`);
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_]\w{0,254}$/.test(name)) {
      refuse(
        `${JSON.stringify(name.slice(0, 100))} cannot be the name of a variable`,
        'Use letters, digits and _.',
      );
    }
    if (value.length > maxVariableLength || value.includes('\0')) {
      refuse(
        `the value of ${name} cannot be that of a variable`,
        `It may have ${maxVariableLength} characters, and no NUL.`,
      );
    }
  }
}
