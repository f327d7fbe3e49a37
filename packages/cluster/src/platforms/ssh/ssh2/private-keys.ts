/**
 * Reads keys from files. A locked one is only opened, and its passphrase only asked for, once that is needed: its public
 * half can be read without. Secrets stay in memory.
 */

import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { SshError } from '../../../errors.ts';
import type { SshOptions } from '../connection/ssh-connection.ts';

/** What a key file gives without a passphrase. */
export interface Identity {
  readonly file: string;
  /** Must it be usable? */
  readonly isRequired: boolean;
  /** The public half, where it can be had. */
  readonly publicKey: ParsedKey | undefined;
  /** The private half; `undefined` when it is locked, or only the public half is in the file. */
  readonly privateKey: ParsedKey | undefined;
  /** The locked bytes. */
  readonly locked: Buffer | undefined;
}

const maxKeyFileBytes = 64 * 1024;
const maxPassphrases = 3;

/**
 * Reads a key file; `undefined` when an optional one is not there or is no key. Throws `SshError` SSH_KEY_UNUSABLE for
 * one that is wanted.
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
      locked: bytes,
    };
  }
  if (parsed instanceof Error) {
    if (!isRequired) return undefined;
    const remedy = 'Name the private key, in the format of OpenSSH or PEM.';
    throw unusable(file, parsed.message, { remedy, cause: parsed });
  }
  const isKey = parsed.isPrivateKey();
  if (isKey) checkMode(file, isPrivate);
  return {
    file,
    isRequired,
    publicKey: parsed,
    privateKey: isKey ? parsed : undefined,
    locked: undefined,
  };
}

/**
 * Opens a locked key, asking up to three times; `undefined` when nobody gives a passphrase. Throws `SshError`
 * SSH_KEY_UNUSABLE when none of those given opens it.
 */
export async function unlock(
  { file, locked }: Identity,
  passphrase: SshOptions['passphrase'],
): Promise<ParsedKey | undefined> {
  let cause: unknown;
  for (let attempt = 1; attempt <= maxPassphrases; attempt += 1) {
    const secret = await passphrase?.(file);
    if (secret === undefined || locked === undefined) return undefined;
    const key = parseFirst(locked, secret);
    if (!(key instanceof Error)) return key;
    cause = key;
  }
  throw unusable(file, 'the passphrase does not open it', { remedy: 'Try again.', cause });
}

/** Why a wanted key that is locked, or of which there is the public half only, did not get used. */
export function explainUnusable({ file, locked }: Identity): SshError {
  return locked === undefined
    ? unusable(file, 'it is a public key, and the agent does not hold the private one', {
        remedy: 'Name the private key, or add it to the agent with ssh-add.',
      })
    : unusable(file, 'it is encrypted', {
        remedy: 'Give its passphrase, or add it to the agent with ssh-add.',
      });
}

/** Several keys in one file: OpenSSH uses the first. */
function parseFirst(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase);
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('there is no key in it')) : parsed;
}

function needsPassphrase(parsed: unknown): boolean {
  return parsed instanceof Error && /passphrase|encrypted/i.test(parsed.message);
}

/** OpenSSH's own format has it in clear text; for others there may be a file beside it. */
async function publicHalf(file: string, bytes: Buffer): Promise<ParsedKey | undefined> {
  const blob = publicBlob(bytes);
  if (blob !== undefined) {
    const text = `${blob.toString('latin1', 4, 4 + blob.readUInt32BE())} ${blob.toString('base64')}`;
    return keyOrNothing(parseFirst(Buffer.from(text)));
  }
  const beside = await readKeyFile(`${file}.pub`, false);
  return beside === undefined ? undefined : keyOrNothing(parseFirst(beside.bytes));
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, its options, how many, then the first public key. */
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
  /** Whether nobody but its owner may read it. */
  readonly isPrivate: boolean;
}

async function readKeyFile(file: string, isRequired: boolean): Promise<KeyFile | undefined> {
  try {
    const { mode, size } = await stat(file);
    if (size > maxKeyFileBytes) throw new Error(`it has ${size} bytes`);
    const isPrivate = (mode & 0o077) === 0 || process.platform === 'win32';
    return { bytes: await readFile(file), isPrivate };
  } catch (cause) {
    if (!isRequired) return undefined;
    throw unusable(file, (cause as Error).message, {
      remedy: 'Check its path and that you may read it.',
      cause,
    });
  }
}

/** As OpenSSH: a private key that others can read is not used, and that is said rather than passed over. */
function checkMode(file: string, isPrivate: boolean): void {
  if (!isPrivate)
    throw unusable(file, 'others can read it', { remedy: `Make it yours alone: chmod 600 ${file}` });
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
