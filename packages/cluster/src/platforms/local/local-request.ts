/** What can be asked of this computer when a node is launched. */

import { stat } from 'node:fs/promises';
import { ProviderError } from '../../errors.ts';
import { fileOf, noProgramFile, parseProgram } from '../../launch/launch-program.ts';
import type { ProviderNodeKind, ProviderRequest } from '../../launch/provider.ts';

/** The kinds of node in a sentence. */
export const kindTitles: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'TypeScript',
  elixir: 'Elixir',
  erlang: 'Erlang',
};

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
  const file = program === undefined ? undefined : fileOf(parseProgram(kind, program));
  if (file === undefined) return;
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw noProgramFile(file, 'this computer');
}

function unsupported(message: string, remedy: string): ProviderError {
  return new ProviderError('PROVIDER_UNSUPPORTED', message, { remedy });
}
