/** Checks the key that a host presents against the known_hosts files, and saves a new key if the options allow it. */

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type PresentedKey, SshError } from '../../../errors.ts';
import {
  fingerprint,
  formatKnownHost,
  type HostKeyVerdict,
  hostKeyName,
  judgeHostKey,
  keyType,
  type KnownHostsFile,
  type KnownKey,
  knownKeysOf,
} from './known-hosts.ts';
import type { ResolvedHop } from './ssh-hops.ts';

export interface HostKeyCheck {
  /** Types of the known keys of the host, in the order of the files; empty when the host is unknown. */
  readonly knownTypes: readonly string[];
  /** Resolves when the key is trusted. Throws `SshError` SSH_HOST_KEY_UNKNOWN or SSH_HOST_KEY_CHANGED. */
  check(key: Uint8Array): Promise<void>;
}

/** Reads the known_hosts files of a hop. A missing file counts as empty. */
export async function openHostKeys(hop: ResolvedHop, hopName: string): Promise<HostKeyCheck> {
  const files = await Promise.all(hop.knownHostsFiles.map(readKnownHosts));
  const name = hop.hostKeyAlias ?? hostKeyName(hop.address, hop.port);
  const known = knownKeysOf(files, name);
  // Like OpenSSH: an entry without a port also counts for other ports of the host if the key is the same.
  const elsewhere =
    hop.hostKeyAlias === undefined && hop.port !== 22 ? knownKeysOf(files, hostKeyName(hop.address, 22)) : [];
  const hosts = known.some(({ marker }) => marker === undefined) ? known : elsewhere;
  return {
    knownTypes: [...new Set(hosts.filter(({ marker }) => marker === undefined).map(({ type }) => type))],
    async check(key) {
      const verdict = judgeHostKey(known, key);
      const other = judgeHostKey(elsewhere, key);
      for (const one of [verdict, other]) {
        if (one.kind === 'revoked') throw revokedKey(hopName, one.known, key);
      }
      if (verdict.kind === 'known') return;
      if (verdict.kind === 'changed') throw changedKey({ hopName, name, known: verdict.known }, key);
      if (other.kind === 'known') return;
      const [first] = files;
      const { acceptNewHostKey: accept } = hop;
      const isAccepted = typeof accept === 'string' ? accept === fingerprint(key) : accept;
      if (!isAccepted || first === undefined) throw unknownKey({ hopName, name }, key, verdict);
      await appendLine(first, formatKnownHost(name, key, { hashed: /^\|1\|/m.test(first.text) }));
    },
  };
}

async function readKnownHosts(file: string): Promise<KnownHostsFile> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { file, text: '' };
    throw new SshError('SSH_BAD_CONFIG', `cannot read the known hosts in ${file}`, {
      remedy: 'Make the file readable: hosts cannot be verified without it.',
      cause,
    });
  }
}

/** Appends a line with a single write, so that concurrent appends do not mix. */
async function appendLine({ file, text }: KnownHostsFile, line: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a', 0o600);
    try {
      await handle.write(text === '' || text.endsWith('\n') ? line : `\n${line}`);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new SshError('SSH_BAD_CONFIG', `cannot write the new host key to ${file}`, {
      remedy:
        'Make the file writable, or add the host manually: a key that is not saved gives no protection.',
      cause,
    });
  }
}

interface HostNames {
  readonly hopName: string;
  /** Its name in known_hosts. */
  readonly name: string;
}

function presented(key: Uint8Array): PresentedKey {
  return { type: keyType(key), fingerprint: fingerprint(key) };
}

function unknownKey({ hopName: hop, name }: HostNames, key: Uint8Array, verdict: HostKeyVerdict): SshError {
  const unknown = `${hop} has an unknown host key: ${fingerprint(key)}`;
  if (verdict.kind === 'authority') {
    const { place } = verdict.known;
    return new SshError(
      'SSH_HOST_KEY_UNKNOWN',
      `${unknown}; known_hosts has only a certificate authority for it (${place})`,
      {
        hop,
        presented: presented(key),
        remedy: 'Only the system’s ssh can verify host certificates: use it, or accept new keys.',
      },
    );
  }
  return new SshError('SSH_HOST_KEY_UNKNOWN', unknown, {
    hop,
    presented: presented(key),
    remedy:
      'Compare the fingerprint with the output of `ssh-keygen -lf` for the key file on the host, then log in once ' +
      `with ssh to add the key to known_hosts (as ${name}), or accept new keys.`,
  });
}

function revokedKey(hop: string, { place }: KnownKey, key: Uint8Array): SshError {
  return new SshError(
    'SSH_HOST_KEY_CHANGED',
    `${hop} presented a key that is revoked in ${place}: ${fingerprint(key)}`,
    { hop, presented: presented(key), remedy: 'Do not log in: the key has been compromised.' },
  );
}

function changedKey(
  { hopName: hop, name, known }: HostNames & { readonly known: KnownKey },
  key: Uint8Array,
): SshError {
  const file = known.place.slice(0, known.place.lastIndexOf(':'));
  const what =
    `${hop} presented a key other than the known one: ${fingerprint(key)}, not ${fingerprint(known.key)} ` +
    `(${known.place})`;
  return new SshError('SSH_HOST_KEY_CHANGED', what, {
    hop,
    presented: presented(key),
    remedy: `This may be a man-in-the-middle attack. If the machine was replaced, remove its old key: ssh-keygen -R '${name}' -f '${file}'.`,
  });
}
