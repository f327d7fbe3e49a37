/** Checks the key a host shows against the files of known hosts, and writes a new one down where that is wanted. */

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SshError } from '../errors.ts';
import {
  fingerprint,
  formatKnownHost,
  hostKeyName,
  judgeHostKey,
  type KnownHostsFile,
  type KnownKey,
  knownKeysOf,
} from './known-hosts.ts';
import type { SettledHop } from './ssh-hops.ts';

export interface HostKeyCheck {
  /** Key types the host is known by, best first for the negotiation; empty when it is unknown. */
  readonly knownTypes: readonly string[];
  /** Resolves when the key may be trusted. Throws `SshError` SSH_HOST_KEY_UNKNOWN or SSH_HOST_KEY_CHANGED. */
  check(key: Uint8Array): Promise<void>;
}

/** Reads the files of a hop. One that is not there is an empty one. */
export async function openHostKeys(hop: SettledHop, hopName: string): Promise<HostKeyCheck> {
  const files = await Promise.all(hop.knownHostsFiles.map(readKnownHosts));
  const name = hop.hostKeyAlias ?? hostKeyName(hop.host, hop.port);
  const known = knownKeysOf(files, name);
  return {
    knownTypes: [...new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type))],
    async check(key) {
      const verdict = judgeHostKey(known, key);
      if (verdict.kind === 'known') return;
      if (verdict.kind === 'unknown') {
        const [first] = files;
        if (!hop.acceptNewHostKey || first === undefined) throw unknownKey(hopName, name, key);
        return appendLine(first, formatKnownHost(name, key, { hashed: /^\|1\|/m.test(first.text) }));
      }
      throw changedKey({ hopName, name, known: verdict.known, isRevoked: verdict.kind === 'revoked' }, key);
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
      remedy: 'Make the file readable: without it no host can be told from another.',
      cause,
    });
  }
}

/** One write of a whole line at the end, which is one step for everybody who appends too. */
async function appendLine({ file, text }: KnownHostsFile, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.write(text === '' || text.endsWith('\n') ? line : `\n${line}`);
  } finally {
    await handle.close();
  }
}

function unknownKey(hop: string, name: string, key: Uint8Array): SshError {
  return new SshError('SSH_HOST_KEY_UNKNOWN', `${hop} is not known: it shows the key ${fingerprint(key)}`, {
    hop,
    remedy:
      `Compare that with \`ssh-keygen -lf\` of the host's own key, then trust it with --accept-new-host-key, or ` +
      `log in once with ssh (known_hosts calls it ${name}).`,
  });
}

interface ChangedKey {
  readonly hopName: string;
  readonly name: string;
  readonly known: KnownKey;
  readonly isRevoked: boolean;
}

function changedKey({ hopName: hop, name, known, isRevoked }: ChangedKey, key: Uint8Array): SshError {
  const what = isRevoked
    ? `${hop} shows a key that was revoked in ${known.place}: ${fingerprint(key)}`
    : `${hop} shows another key than the one it is known by: ${fingerprint(key)}, not ${fingerprint(known.key)} ` +
      `(${known.place})`;
  return new SshError('SSH_HOST_KEY_CHANGED', what, {
    hop,
    remedy: isRevoked
      ? 'Do not log in: that key is in wrong hands.'
      : `Somebody may be in between. If the machine is a new one, forget its old key: ssh-keygen -R '${name}'.`,
  });
}
