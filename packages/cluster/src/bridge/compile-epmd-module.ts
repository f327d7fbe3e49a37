/** Compiles the EPMD module that we ship with the Erlang of this computer, so that it fits whatever release that is. */

import { execFile, type ExecFileException } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../child-environment.ts';
import { HostError } from '../errors.ts';

export const epmdModuleName = 'convoy_epmd';

/** The source, in the published package as in the repository. */
const source: string = fileURLToPath(new URL(`../../erlang/${epmdModuleName}.erl`, import.meta.url));

const timeoutMs = 60_000;

/** Puts the module into `folder`. Throws `HostError` HOST_NO_RUNTIME where there is no `erlc`, or HOST_UNSUPPORTED. */
export async function compileEpmdModule(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // An erlc in a container or a sandbox sees the user's cache rather than where we are installed.
  const copy = join(folder, `${epmdModuleName}.erl`);
  await copyFile(source, copy);
  const options = { env: childEnvironment(env), timeout: timeoutMs };
  await new Promise<void>((resolve, reject) => {
    const child = execFile('erlc', ['-o', folder, copy], options, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(cannotCompile(error, `${stdout}${stderr}`));
    });
    child.stdin?.end();
  });
}

function cannotCompile(cause: ExecFileException, output: string): HostError {
  const host = 'localhost';
  const other = 'Use the alias way, which needs none.';
  if (cause.code === 'ENOENT') {
    return new HostError('HOST_NO_RUNTIME', 'there is no erlc on PATH to compile the EPMD module with', {
      host,
      remedy: `Install it (apt-get install erlang-base, brew install erlang). ${other}`,
      cause,
    });
  }
  const lines = output.trim().split('\n').slice(0, 5).join('; ');
  return new HostError('HOST_UNSUPPORTED', `erlc does not compile the EPMD module: ${lines}`, {
    host,
    remedy: `OTP 23 or later is needed. ${other}`,
    cause,
  });
}
