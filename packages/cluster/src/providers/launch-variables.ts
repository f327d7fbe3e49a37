/**
 * The variables that a user names for one launch. They may be secrets: no message here shows a value. Refused are those that Convoy
 * sets itself, those that would put a cookie into an argument list, and the tokens by which a node could launch others.
 */

import { ProviderError } from '../errors.ts';
import type { LaunchVariables } from './provider.ts';

/** Linux allows 128 KiB for one, and the API takes a body of 64 KiB. */
export const launchVariableLimits = { count: 64, nameLength: 128, totalBytes: 32_768 } as const;

const ours =
  /^(?:CONVOY_.*|RELEASE_(?:NODE|COOKIE|DISTRIBUTION)|ERL_(?:EPMD_PORT|EPMD_ADDRESS|DIST_PORT|CRASH_DUMP))$/;
const platformTokens: ReadonlySet<string> = new Set(['RAILWAY_TOKEN', 'RAILWAY_API_TOKEN']);
const flags = /^(?:ERL_[AZ]?FLAGS|ELIXIR_ERL_OPTIONS)$/;
const identityFlag = /(?:^|[\s"'])-{1,2}(setcookie|cookie|name|sname)(?=$|[\s"'])/;

/** Throws `ProviderError` PROVIDER_BAD_VARIABLE. */
export function checkLaunchVariables(variables: LaunchVariables): void {
  const entries = Object.entries(variables);
  const { count, totalBytes } = launchVariableLimits;
  if (entries.length > count) {
    throw refused(`${entries.length} variables are given, at most ${count} are taken`, 'Leave some out.');
  }
  for (const [name, value] of entries) checkVariable(name, value);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes <= totalBytes) return;
  throw refused(
    `the variables have ${bytes} bytes together, at most ${totalBytes} are taken`,
    'Put what is long into a file, and give its path.',
  );
}

function checkVariable(name: string, value: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name) || name.length > launchVariableLimits.nameLength) {
    throw refused(
      `${JSON.stringify(name.slice(0, 40))} is not a valid name of a variable`,
      `Use letters, digits and _, a letter or _ first, at most ${launchVariableLimits.nameLength} of them.`,
    );
  }
  if (platformTokens.has(name)) {
    throw refused(
      `${name} is not given to nodes`,
      'Everybody with a shell on the node would have your account.',
    );
  }
  if (ours.test(name)) throw refused(`${name} is set by Convoy itself`, 'Leave it out.');
  if (value.includes('\0')) throw refused(`the value of ${name} has a NUL character`, 'Take it out.');
  const flag = flags.test(name) ? identityFlag.exec(value)?.[1] : undefined;
  if (flag === undefined) return;
  throw refused(
    `${name} must not hold -${flag}: Convoy sets the name and the cookie of the node`,
    'Take the flag out. Emulator flags can be read in the list of processes.',
  );
}

function refused(message: string, remedy: string): ProviderError {
  return new ProviderError('PROVIDER_BAD_VARIABLE', message, { remedy });
}
