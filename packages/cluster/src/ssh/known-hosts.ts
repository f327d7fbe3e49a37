/**
 * known_hosts as OpenSSH keeps it (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which keys a host is known by, and whether the
 * one it shows is among them. Pure; certificates of authorities are not judged, their lines count for nothing.
 */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface KnownKey {
  /** `ssh-ed25519` */
  readonly type: string;
  /** Base64 of the key. */
  readonly key: string;
  readonly isRevoked: boolean;
  /** `/home/me/.ssh/known_hosts:7` */
  readonly place: string;
}

export interface KnownHostsFile {
  readonly file: string;
  readonly text: string;
}

/** `known`; or why not: nobody knows the host, it is known by other keys, or this very key was revoked. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly known: KnownKey }
  | { readonly kind: 'revoked'; readonly known: KnownKey };

/** What known_hosts calls a host at a port. */
export function hostKeyName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** The keys of the host in these files, in their order. */
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
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  const [hosts = '', type = '', key = ''] = words;
  if (hosts.startsWith('#') || key === '' || (marker !== undefined && marker !== '@revoked'))
    return undefined;
  const isThis = hosts.startsWith('|') ? matchesHash(hosts, name) : matchesPatterns(hosts.split(','), name);
  return isThis ? { type, key, isRevoked: marker !== undefined } : undefined;
}

/** `|1|salt|HMAC-SHA1 of the name` */
function matchesHash(text: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = text.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matchesPatterns(patterns: readonly string[], name: string): boolean {
  const isRefused = patterns.some(
    (pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name),
  );
  return !isRefused && patterns.some((pattern) => matchesPattern(pattern, name));
}

/** Walks the text once, going back to the last `*` only: a hostile pattern costs no exponential time. */
function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  let [at, star, retry] = [0, -1, 0];
  let position = 0;
  while (position < name.length) {
    const char = wanted[at];
    if (char === '*') {
      [star, retry] = [at, position];
      at += 1;
    } else if (char === '?' || char === name[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      position = retry;
    } else return false;
  }
  return /^\**$/.test(wanted.slice(at));
}

/**
 * Judges the key a host shows. A key of a type the host is not known by counts as changed: otherwise whoever stands in
 * between would only have to choose another type.
 */
export function judgeHostKey(known: readonly KnownKey[], key: Uint8Array): HostKeyVerdict {
  const text = Buffer.from(key).toString('base64');
  const revoked = known.find((one) => one.isRevoked && one.key === text);
  if (revoked !== undefined) return { kind: 'revoked', known: revoked };
  const valid = known.filter(({ isRevoked }) => !isRevoked);
  if (valid.some((one) => one.key === text)) return { kind: 'known' };
  const type = keyType(key);
  const other = valid.find((one) => one.type === type) ?? valid[0];
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', known: other };
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

/** A line for a new host; hashed when the file is kept that way. */
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
