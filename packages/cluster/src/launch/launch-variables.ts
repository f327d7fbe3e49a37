/**
 * Checks the variables that a user sets for one launch. They may be secrets, so no message shows a value. Rejects those
 * that Convoy sets itself, those that would put a cookie into an argument list, and the tokens of platforms.
 */

import { ProviderError } from '../errors.ts';
import { launchVariableLimits } from '../forms/launch-limits.ts';
import { tokenVariables } from '../platforms/token-variables.ts';
import type { LaunchVariables } from './provider.ts';

const ours =
  /^(?:CONVOY_.*|RELEASE_(?:NODE|COOKIE|DISTRIBUTION|VM_ARGS)|VMARGS_PATH|ERL_(?:EPMD_PORT|EPMD_ADDRESS|DIST_PORT|CRASH_DUMP))$/;
const flags = /^(?:ERL_[AZ]?FLAGS|ELIXIR_ERL_OPTIONS)$/;
const identityFlag = /(?:^|[\s"'])-{1,2}(setcookie|cookie|name|sname)(?=$|[\s"'])/;

/** Throws `ProviderError` PROVIDER_BAD_VARIABLE. */
export function checkLaunchVariables(variables: LaunchVariables): void {
  const entries = Object.entries(variables);
  const { count, totalBytes } = launchVariableLimits;
  if (entries.length > count) {
    throw refused(`${entries.length} variables were given; the limit is ${count}`, 'Leave some out.');
  }
  for (const [name, value] of entries) checkVariable(name, value);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes <= totalBytes) return;
  throw refused(
    `the variables have ${bytes} bytes in total; the limit is ${totalBytes}`,
    'Put long values into a file and pass its path.',
  );
}

function checkVariable(name: string, value: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name) || name.length > launchVariableLimits.nameLength) {
    throw refused(
      `${JSON.stringify(name.slice(0, 40))} is not a valid variable name`,
      `Use at most ${launchVariableLimits.nameLength} letters, digits and _, starting with a letter or _.`,
    );
  }
  if (tokenVariables.includes(name)) {
    throw refused(
      `${name} must not be passed to nodes`,
      'Leave it out: anyone with a shell on the node could read it.',
    );
  }
  if (ours.test(name)) throw refused(`${name} is set by Convoy itself`, 'Leave it out.');
  if (value.includes('\0')) throw refused(`the value of ${name} contains a NUL character`, 'Remove it.');
  const flag = flags.test(name) ? identityFlag.exec(value)?.[1] : undefined;
  if (flag === undefined) return;
  throw refused(
    `${name} must not contain -${flag}: Convoy sets the name and the cookie of the node`,
    'Remove the flag. Emulator flags are visible in the process list.',
  );
}

function refused(message: string, remedy: string): ProviderError {
  return new ProviderError('PROVIDER_BAD_VARIABLE', message, { remedy });
}
