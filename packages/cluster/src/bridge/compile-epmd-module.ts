/** Compiles the bundled EPMD module with this computer's Erlang, so that it matches the installed release. */

import { execFile, type ExecFileException } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../child-environment.ts';
import { HostError } from '../errors.ts';
import { findProgram } from '../runtimes/find-program.ts';
import { LocalRuntimes } from '../runtimes/local-runtimes.ts';

export const epmdModuleName = 'convoy_epmd';

/** The source file: the same path in the published package and in the repository. */
const source: string = fileURLToPath(new URL(`../../erlang/${epmdModuleName}.erl`, import.meta.url));

const timeoutMs = 60_000;

/** Compiles the module into `folder`. Throws `HostError` HOST_NO_RUNTIME when `erlc` is missing, or HOST_UNSUPPORTED. */
export async function compileEpmdModule(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // An erlc in a container or a sandbox can see the user's cache, but often not our installation folder.
  const copy = join(folder, `${epmdModuleName}.erl`);
  await copyFile(source, copy);
  const options = { env: await environmentWithErlc(env), timeout: timeoutMs };
  await new Promise<void>((resolve, reject) => {
    const child = execFile('erlc', ['-o', folder, copy], options, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(cannotCompile(error, `${stdout}${stderr}`));
    });
    child.stdin?.end();
  });
}

/** As it is, if `erlc` is on PATH, otherwise with the folder of the Erlang that is found in another way. */
async function environmentWithErlc(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const own = childEnvironment(env);
  if ((await findProgram('erlc', own['PATH'] ?? '')) !== undefined) return own;
  const found = await new LocalRuntimes(env).find('erlang');
  if (!('file' in found)) return own;
  return { ...found.env, PATH: [dirname(found.file), found.env['PATH'] ?? ''].join(delimiter) };
}

function cannotCompile(cause: ExecFileException, output: string): HostError {
  const host = 'localhost';
  const other = 'Or use an alias bridge, which does not need erlc.';
  if (cause.code === 'ENOENT') {
    return new HostError('HOST_NO_RUNTIME', 'erlc, which compiles the EPMD module, is not on PATH', {
      host,
      remedy: `Install it (apt-get install erlang-base, brew install erlang). ${other}`,
      cause,
    });
  }
  const lines = output.trim().split('\n').slice(0, 5).join('; ');
  return new HostError('HOST_UNSUPPORTED', `erlc could not compile the EPMD module: ${lines}`, {
    host,
    remedy: `Install OTP 23 or later. ${other}`,
    cause,
  });
}
