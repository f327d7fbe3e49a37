/** Checks the key a host shows against the files of known hosts, and writes a new one down where that is wanted. */

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SshError } from '../../../errors.ts';
import {
  fingerprint,
  formatKnownHost,
  type HostKeyVerdict,
  hostKeyName,
  judgeHostKey,
  type KnownHostsFile,
  type KnownKey,
  knownKeysOf,
} from './known-hosts.ts';
import type { ResolvedHop } from './ssh-hops.ts';

export interface HostKeyCheck {
  /** Key types the host is known by, best first for the negotiation; empty when it is unknown. */
  readonly knownTypes: readonly string[];
  /** Resolves when the key may be trusted. Throws `SshError` SSH_HOST_KEY_UNKNOWN or SSH_HOST_KEY_CHANGED. */
  check(key: Uint8Array): Promise<void>;
}

/** Reads the files of a hop. One that is not there is an empty one. */
export async function openHostKeys(hop: ResolvedHop, hopName: string): Promise<HostKeyCheck> {
  const files = await Promise.all(hop.knownHostsFiles.map(readKnownHosts));
  const name = hop.hostKeyAlias ?? hostKeyName(hop.address, hop.port);
  const known = knownKeysOf(files, name);
  // As OpenSSH: what is known of the host without a port goes for its other ports, when the key is the very same.
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
      if (!hop.acceptNewHostKey || first === undefined) throw unknownKey({ hopName, name }, key, verdict);
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
    throw new SshError('SSH_BAD_CONFIG', `the known hosts in ${file} cannot be read`, {
      remedy: 'Make the file readable: hosts cannot be verified without it.',
      cause,
    });
  }
}

/** One write of a whole line at the end, which is one step for everybody who appends too. */
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
    throw new SshError('SSH_BAD_CONFIG', `the new host key cannot be written to ${file}`, {
      remedy:
        'Make the file writable, or add the host manually: a key that is not saved gives no protection.',
      cause,
    });
  }
}

interface Subject {
  readonly hopName: string;
  /** What known_hosts calls it. */
  readonly name: string;
}

function unknownKey({ hopName: hop, name }: Subject, key: Uint8Array, verdict: HostKeyVerdict): SshError {
  const shows = `${hop} is not known: it shows the key ${fingerprint(key)}`;
  if (verdict.kind === 'authority') {
    const { place } = verdict.known;
    return new SshError('SSH_HOST_KEY_UNKNOWN', `${shows}, and only an authority vouches for it (${place})`, {
      hop,
      remedy: 'Certificates of hosts are checked by the system’s ssh only; use that, or accept new keys.',
    });
  }
  return new SshError('SSH_HOST_KEY_UNKNOWN', shows, {
    hop,
    remedy:
      `Compare that with \`ssh-keygen -lf\` of the host's own key, then add it to known_hosts by ` +
      `logging in once with ssh (its name there is ${name}), or accept new keys.`,
  });
}

function revokedKey(hop: string, { place }: KnownKey, key: Uint8Array): SshError {
  return new SshError(
    'SSH_HOST_KEY_CHANGED',
    `${hop} shows a key that was revoked in ${place}: ${fingerprint(key)}`,
    { hop, remedy: 'Do not log in: the key has been compromised.' },
  );
}

function changedKey(
  { hopName: hop, name, known }: Subject & { readonly known: KnownKey },
  key: Uint8Array,
): SshError {
  const file = known.place.slice(0, known.place.lastIndexOf(':'));
  const what =
    `${hop} shows another key than the one it is known by: ${fingerprint(key)}, not ${fingerprint(known.key)} ` +
    `(${known.place})`;
  return new SshError('SSH_HOST_KEY_CHANGED', what, {
    hop,
    remedy: `This may be a man-in-the-middle attack. If the machine was replaced, remove its old key: ssh-keygen -R '${name}' -f '${file}'.`,
  });
}
