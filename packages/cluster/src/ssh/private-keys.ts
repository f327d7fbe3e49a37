/** Reads private keys from files, asking for a passphrase where one is needed. Secrets stay in memory. */

import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { SshError } from '../errors.ts';
import type { SshOptions } from './ssh-connection.ts';

const maxKeyFileBytes = 64 * 1024;

interface KeyRequest {
  readonly file: string;
  /** Whether it is an error when the file is not there. */
  readonly isWanted: boolean;
  readonly passphrase: SshOptions['passphrase'];
}

/**
 * The key in a file; `undefined` when an optional file is not there or its key is skipped. Throws `SshError`
 * SSH_KEY_UNUSABLE.
 */
export async function loadPrivateKey(request: KeyRequest): Promise<ParsedKey | undefined> {
  const { file, isWanted, passphrase } = request;
  const bytes = await readKeyFile(file, isWanted);
  if (bytes === undefined) return undefined;
  let parsed = ssh2.utils.parseKey(bytes);
  if (needsPassphrase(parsed)) {
    const secret = await passphrase?.(file);
    if (secret === undefined) {
      if (!isWanted) return undefined;
      throw unusable(file, 'it is encrypted', {
        remedy: 'Give its passphrase, or add it to the agent with ssh-add.',
      });
    }
    parsed = ssh2.utils.parseKey(bytes, secret);
    if (parsed instanceof Error) {
      throw unusable(file, 'the passphrase does not open it', { remedy: 'Try again.', cause: parsed });
    }
  }
  // Several keys in one file: OpenSSH uses the first.
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | Error) : parsed;
  if (!(key instanceof Error) && key.isPrivateKey()) return key;
  if (!isWanted) return undefined;
  const why = key instanceof Error ? key.message : 'it is a public key';
  throw unusable(file, why, { remedy: 'Name the private key, in the format of OpenSSH or PEM.', cause: key });
}

function needsPassphrase(parsed: unknown): boolean {
  return parsed instanceof Error && /passphrase|encrypted/i.test(parsed.message);
}

async function readKeyFile(file: string, isWanted: boolean): Promise<Buffer | undefined> {
  try {
    const { mode, size } = await stat(file);
    if (size > maxKeyFileBytes) throw new Error(`it has ${size} bytes`);
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw unusable(file, 'others can read it', { remedy: `Make it yours alone: chmod 600 ${file}` });
    }
    return await readFile(file);
  } catch (cause) {
    if (!isWanted) return undefined;
    if (cause instanceof SshError) throw cause;
    throw unusable(file, (cause as Error).message, {
      remedy: 'Check its path and that you may read it.',
      cause,
    });
  }
}

function unusable(
  file: string,
  why: string,
  { remedy, cause }: { readonly remedy: string; readonly cause?: unknown },
): SshError {
  return new SshError('SSH_KEY_UNUSABLE', `the private key ${file} cannot be used: ${why}`, {
    remedy,
    cause,
  });
}
