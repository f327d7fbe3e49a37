/**
 * Checks which user of a host owns the socket that listens on a port there. Any user can register any name with the host's
 * EPMD, or take a port that became free, and could relay the proof of a cookie to another node. The kernel reports the owner
 * on Linux; where no owner is visible, nothing is refused.
 */

import { HostError } from '../../../errors.ts';
import type { TunnelRoute } from '../../../tunnels/tunnel-resolver.ts';
import { runScript, type ScriptHost, type ScriptRow } from './remote-script.ts';

/** Options of `portOwnerCheck`. */
export interface PortOwnerOptions {
  /** Names or uids of users whose nodes may be dialled, besides root and the login user. */
  readonly accept?: readonly (string | undefined)[];
}

/** Addresses as in /proc/net/tcp and tcp6, in the order in which a dial through the tunnel tries them. */
const loopback = ['0100007F', '0000000000000000FFFF00000100007F'];
const all4 = ['00000000'];
const all6 = ['0'.repeat(32)];
const loopback6 = ['00000000000000000000000001000000'];
const dialOrder: readonly (readonly string[])[] = [loopback, all4, all6, loopback6];

/** Creates a check for `TunnelRoute.check` that rejects with `HostError` HOST_WRONG_OWNER. */
export function portOwnerCheck(
  host: ScriptHost,
  options: PortOwnerOptions = {},
): NonNullable<TunnelRoute['check']> {
  return async (node, port, { signal }) => {
    const rows = await runScript(host, scriptFor(port), { signal });
    const [, loginUid, loginName] = rows.find(([key]) => key === 'login') ?? [];
    const accepted = new Set(['0', 'root', loginUid, loginName, ...(options.accept ?? [])]);
    const refused = ownersIn(rows).find(({ uid, name }) => !accepted.has(uid) && !accepted.has(name));
    if (refused === undefined) return;
    const user = refused.name === '' ? `the user with the uid ${refused.uid}` : `the user ${refused.name}`;
    const message = `port ${port} on ${host.name}, where ${node} should be, belongs to ${user}, who is neither root nor the login user`;
    throw new HostError('HOST_WRONG_OWNER', message, {
      host: host.name,
      value: refused.name === '' ? refused.uid : refused.name,
      remedy: `If ${node} is meant to run as that user, use the cookie of its owner (readsCookie), or allow the user; otherwise find out what listens there (ss -ltnp).`,
    });
  };
}

function scriptFor(port: number): string {
  const digits = port.toString(16).toUpperCase().padStart(4, '0');
  return `say login "$(id -u)" "$(id -un)"
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" && split($2, end, ":") == 2 && end[2] == "${digits}" { print end[1], $8 }' |
  sort -u | while read -r address uid; do
  say owner "$address" "$uid" "$(getent passwd "$uid" 2>/dev/null | cut -d: -f1)"
done`;
}

interface Owner {
  readonly uid: string;
  readonly name: string;
}

/** Owners of the sockets that a dial reaches first. */
function ownersIn(rows: readonly ScriptRow[]): Owner[] {
  const owners = rows.flatMap(([key, address = '', uid = '', name = '']) =>
    key === 'owner' ? [{ address, uid, name }] : [],
  );
  for (const addresses of dialOrder) {
    const found = owners.filter(({ address }) => addresses.includes(address.toUpperCase()));
    if (found.length > 0) return found;
  }
  return owners;
}
