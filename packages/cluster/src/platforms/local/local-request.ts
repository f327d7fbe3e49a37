/** What can be asked of this computer when a node is launched. */

import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { childEnvironment } from '../../child-environment.ts';
import { ProviderError } from '../../errors.ts';
import { checkRelease, type ReleaseAnswer } from '../../launch/release/check-release.ts';
import { askForRelease } from '../../launch/release/release-script.ts';
import { fileOf, noProgramFile, parseProgram } from '../../launch/launch-program.ts';
import type { ProviderNodeKind, ProviderRequest } from '../../launch/provider.ts';

/** The kinds of node in a sentence. */
export const kindTitles: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'TypeScript',
  elixir: 'Elixir',
  erlang: 'Erlang',
};

const where = 'this computer';
const askTimeoutMs = 20_000;

/** Rejects with the error for what this computer cannot do. */
export async function checkLocalRequest({ kind, keep, memoryMb, program }: ProviderRequest): Promise<void> {
  const { platform } = process;
  if (keep === true && platform === 'win32') {
    throw unsupported('nodes on Windows end with the console', 'Launch it without keep.');
  }
  if (memoryMb !== undefined && kind !== 'typescript' && platform !== 'linux') {
    const message = `only Linux can limit the memory of ${kindTitles[kind]} nodes`;
    throw unsupported(message, 'Launch it without a memory limit.');
  }
  const parsed = program === undefined ? undefined : parseProgram(kind, program);
  if (parsed?.kind === 'release') {
    if (platform === 'win32')
      throw unsupported('releases cannot be launched on Windows', 'Start it yourself.');
    return checkRelease({ kind, folder: parsed.folder, where }, await askForLocalRelease(parsed.folder));
  }
  const file = parsed === undefined ? undefined : fileOf(parsed);
  if (file === undefined) return;
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw noProgramFile(file, where);
}

async function askForLocalRelease(folder: string): Promise<ReleaseAnswer> {
  const script = `release=$1\nsay() { printf '%s %s\\n' "$1" "$2"; }\n${askForRelease}`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script, 'convoy-release', folder], {
    env: childEnvironment(),
    timeout: askTimeoutMs,
  });
  const [, tool, problem] = /^(?:tool (.*)|problem (.*))/.exec(stdout) ?? [];
  return { tool, problem };
}

function unsupported(message: string, remedy: string): ProviderError {
  return new ProviderError('PROVIDER_UNSUPPORTED', message, { remedy });
}
