/**
 * known_hosts in the format of OpenSSH (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): the known keys of a host, and whether the key
 * that it presents is among them. Host certificates are not verified, so a line with an authority makes no key known.
 */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesList } from './patterns.ts';

export interface KnownKey {
  /** For example `ssh-ed25519`. */
  readonly type: string;
  /** Base64 of the key. */
  readonly key: string;
  /** `undefined`: a key of the host. `revoked`: never to be trusted. `authority`: it signs host keys. */
  readonly marker: 'revoked' | 'authority' | undefined;
  /** File and line: `/home/me/.ssh/known_hosts:7`. */
  readonly place: string;
}

export interface KnownHostsFile {
  readonly file: string;
  readonly text: string;
}

/**
 * `known`, or why the key is not trusted: the host is unknown, known_hosts has only an authority for it, its known keys are
 * different, or this key is revoked.
 */
export type HostKeyVerdict =
  | { readonly kind: 'known' | 'unknown' }
  | { readonly kind: 'authority' | 'changed' | 'revoked'; readonly known: KnownKey };

const markers: Readonly<Record<string, KnownKey['marker']>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'authority',
};

/** The name of a host and port in known_hosts. */
export function hostKeyName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** All keys of the host in these files, in order. */
export function knownKeysOf(files: readonly KnownHostsFile[], name: string): KnownKey[] {
  return files.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = parseLine(line, name);
      return found === undefined ? [] : [{ ...found, place: `${file}:${index + 1}` }];
    }),
  );
}

function parseLine(line: string, name: string): Omit<KnownKey, 'place'> | undefined {
  const words = line.trim().split(/\s+/);
  const mark = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  const [hosts = '', type = '', key = ''] = words;
  // An unknown marker may mean the opposite of trust.
  if (hosts.startsWith('#') || key === '' || (mark !== undefined && !(mark in markers))) return undefined;
  const isThis = hosts.startsWith('|') ? matchesHash(hosts, name) : matchesList(hosts.split(','), name);
  return isThis ? { type, key, marker: mark === undefined ? undefined : markers[mark] } : undefined;
}

/** `|1|salt|HMAC-SHA1 of the name` */
function matchesHash(text: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = text.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * Judges the key that a host presents. A key of a type for which the host has no known key counts as changed: otherwise a
 * man in the middle would only have to choose another type.
 */
export function judgeHostKey(known: readonly KnownKey[], key: Uint8Array): HostKeyVerdict {
  const text = Buffer.from(key).toString('base64');
  const revoked = known.find((one) => one.marker === 'revoked' && one.key === text);
  if (revoked !== undefined) return { kind: 'revoked', known: revoked };
  const valid = known.filter(({ marker }) => marker === undefined);
  if (valid.some((one) => one.key === text)) return { kind: 'known' };
  const type = keyType(key);
  const other = valid.find((one) => one.type === type) ?? valid[0];
  if (other !== undefined) return { kind: 'changed', known: other };
  const authority = known.find(({ marker }) => marker === 'authority');
  return authority === undefined ? { kind: 'unknown' } : { kind: 'authority', known: authority };
}

/** The type named in the first field of a public key. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  const length = bytes.length >= 4 ? bytes.readUInt32BE() : 0;
  return length > 64 ? '' : bytes.toString('latin1', 4, 4 + length);
}

/** As `ssh-keygen -l` prints it: `SHA256:...`. */
export function fingerprint(key: Uint8Array | string): string {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key;
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

/** A line for a new host, with a hashed name if `hashed` is set. */
export function formatKnownHost(
  name: string,
  key: Uint8Array,
  { hashed = false }: { readonly hashed?: boolean } = {},
): string {
  return `${hashed ? hashName(name) : name} ${keyType(key)} ${Buffer.from(key).toString('base64')}\n`;
}

function hashName(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}
