/** Rejects input that Railway would refuse, or accept and then fail on. Pure; throws RAILWAY_BAD_INPUT. */

import { RailwayError } from './railway-error.ts';

const maxNameLength = 32;
const maxVariables = 500;
const maxVariableLength = 32 * 1024;
/** Names reserved by Railway's private network. */
const reservedNames = new Set(['health', 'internal', 'internal-health', 'railway', 'up']);

function refuse(message: string, remedy: string): never {
  throw new RailwayError('RAILWAY_BAD_INPUT', message, { remedy });
}

/** Checks a service name, which is also a host name in the private network. */
export function checkServiceName(name: string): void {
  const isHostName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= maxNameLength;
  if (isHostName && !reservedNames.has(name) && !name.startsWith('railway-internal')) return;
  refuse(
    `${JSON.stringify(name.slice(0, 100))} is not a valid service name`,
    `Use at most ${maxNameLength} lower-case letters, digits and hyphens, and none of ${[...reservedNames].join(', ')}.`,
  );
}

/** Checks names and values of variables. Values never appear in a message. */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const entries = Object.entries(variables);
  if (entries.length > maxVariables) {
    refuse(`${entries.length} variables are too many`, `Set at most ${maxVariables} variables at a time.`);
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_]\w{0,254}$/.test(name)) {
      refuse(
        `${JSON.stringify(name.slice(0, 100))} is not a valid variable name`,
        'Use at most 255 letters, digits and _, not starting with a digit.',
      );
    }
    if (value.length > maxVariableLength || value.includes('\0')) {
      refuse(
        `the value of ${name} is too long or contains a NUL character`,
        `Use at most ${maxVariableLength} characters without NUL.`,
      );
    }
  }
}
