/**
 * Reads keys from files. An encrypted key is decrypted, and its passphrase requested, only when it is needed: its public half
 * can be read without the passphrase. Secrets stay in memory.
 */

import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { SshError } from '../../../errors.ts';
import type { SshOptions } from '../connection/ssh-connection.ts';

/** What can be read from a key file without a passphrase. */
export interface Identity {
  readonly file: string;
  /** Whether it is an error if the key cannot be used. */
  readonly isRequired: boolean;
  /** The public half, if it can be read. */
  readonly publicKey: ParsedKey | undefined;
  /** The private half; `undefined` when it is encrypted, or when the file contains only the public half. */
  readonly privateKey: ParsedKey | undefined;
  /** The content of the file, if the key is encrypted. */
  readonly encrypted: Buffer | undefined;
}

const maxKeyFileBytes = 64 * 1024;
const maxPassphrases = 3;

/**
 * Reads a key file; `undefined` when an optional file does not exist or is not a key. Throws `SshError` SSH_KEY_UNUSABLE
 * when a required file cannot be read, or when other users can read the private key.
 */
export async function readIdentity(file: string, isRequired: boolean): Promise<Identity | undefined> {
  const content = await readKeyFile(file, isRequired);
  if (content === undefined) return undefined;
  const { bytes, isPrivate } = content;
  const parsed = parseFirst(bytes);
  if (needsPassphrase(parsed)) {
    checkMode(file, isPrivate);
    return {
      file,
      isRequired,
      publicKey: await publicHalf(file, bytes),
      privateKey: undefined,
      encrypted: bytes,
    };
  }
  if (parsed instanceof Error) {
    if (!isRequired) return undefined;
    const remedy = 'Select the private key file, in OpenSSH or PEM format.';
    throw unusable(file, parsed.message, { remedy, cause: parsed });
  }
  const isKey = parsed.isPrivateKey();
  if (isKey) checkMode(file, isPrivate);
  return {
    file,
    isRequired,
    publicKey: parsed,
    privateKey: isKey ? parsed : undefined,
    encrypted: undefined,
  };
}

/**
 * Decrypts a key, asking for the passphrase up to three times; `undefined` when none is given. Throws `SshError`
 * SSH_KEY_UNUSABLE when all of them are wrong.
 */
export async function unlock(
  { file, encrypted }: Identity,
  passphrase: SshOptions['passphrase'],
): Promise<ParsedKey | undefined> {
  let cause: unknown;
  for (let attempt = 1; attempt <= maxPassphrases; attempt += 1) {
    const secret = await passphrase?.(file);
    if (secret === undefined || encrypted === undefined) return undefined;
    const key = parseFirst(encrypted, secret);
    if (!(key instanceof Error)) return key;
    cause = key;
  }
  throw unusable(file, 'the passphrase is wrong', { remedy: 'Try again.', cause });
}

/** Explains why a required key was not used: it is encrypted, or only its public half is there. */
export function explainUnusable({ file, encrypted }: Identity): SshError {
  return encrypted === undefined
    ? unusable(file, 'it is a public key, and the agent does not have its private key', {
        remedy: 'Select the private key file, or add it to the agent with ssh-add.',
      })
    : unusable(file, 'it is encrypted', {
        remedy: 'Provide its passphrase, or add it to the agent with ssh-add.',
      });
}

/** The first key in a file, like OpenSSH. */
function parseFirst(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase);
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('it contains no key')) : parsed;
}

function needsPassphrase(parsed: unknown): boolean {
  return parsed instanceof Error && /passphrase|encrypted/i.test(parsed.message);
}

/** The public half: in clear text in OpenSSH's own format; for others, from the `.pub` file next to it. */
async function publicHalf(file: string, bytes: Buffer): Promise<ParsedKey | undefined> {
  const blob = publicBlob(bytes);
  if (blob !== undefined) {
    const text = `${blob.toString('latin1', 4, 4 + blob.readUInt32BE())} ${blob.toString('base64')}`;
    return keyOrNothing(parseFirst(Buffer.from(text)));
  }
  const publicFile = await readKeyFile(`${file}.pub`, false);
  return publicFile === undefined ? undefined : keyOrNothing(parseFirst(publicFile.bytes));
}

/** OpenSSH's PROTOCOL.key: magic, cipher, kdf, kdf options, number of keys, then the first public key. */
function publicBlob(bytes: Buffer): Buffer | undefined {
  const text = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    bytes.toString('latin1'),
  );
  const body = Buffer.from(text?.[1] ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  if (body.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  for (let skipped = 0; skipped < 3; skipped += 1) {
    if (at + 4 > body.length) return undefined;
    at += 4 + body.readUInt32BE(at);
  }
  at += 4;
  if (at + 4 > body.length) return undefined;
  const blob = body.subarray(at + 4, at + 4 + body.readUInt32BE(at));
  return blob.length >= 4 && blob.readUInt32BE() < blob.length ? blob : undefined;
}

function keyOrNothing(key: ParsedKey | Error): ParsedKey | undefined {
  return key instanceof Error ? undefined : key;
}

interface KeyFile {
  readonly bytes: Buffer;
  /** Whether only its owner may read it. */
  readonly isPrivate: boolean;
}

async function readKeyFile(file: string, isRequired: boolean): Promise<KeyFile | undefined> {
  try {
    const { mode, size } = await stat(file);
    if (size > maxKeyFileBytes) throw new Error(`it has ${size} bytes, more than ${maxKeyFileBytes}`);
    const isPrivate = (mode & 0o077) === 0 || process.platform === 'win32';
    return { bytes: await readFile(file), isPrivate };
  } catch (cause) {
    if (!isRequired) return undefined;
    throw unusable(file, (cause as Error).message, {
      remedy: 'Check its path and its permissions.',
      cause,
    });
  }
}

/** Like OpenSSH, refuses a private key that other users can read, with an error. */
function checkMode(file: string, isPrivate: boolean): void {
  if (!isPrivate)
    throw unusable(file, 'other users can read it', { remedy: `Make it private: chmod 600 ${file}` });
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
