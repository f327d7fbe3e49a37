/**
 * The ways to nodes by SSH: on the host that was logged in to, or on another one, to which it is the way. A node is on another host if
 * none of that name answers here and its name has a host of its own.
 */

import type { NodeRoute } from '@convoy/cluster';
import {
  type HostReport,
  portOwnerCheck,
  readCookie,
  type SshTarget,
  type SshTunnel,
} from '@convoy/cluster/ssh';
import { isLoopbackHost } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import type { HostNodeView } from '../../protocol/index.ts';
import type { Way } from '../place.ts';

/** A host whose tunnel is open. */
export interface ReachedHost {
  readonly tunnel: SshTunnel;
  readonly report: HostReport;
}

/** A node as it was seen on the host. */
type Seen = Pick<HostNodeView, 'answers' | 'port' | 'source' | 'user'> | undefined;

/** The route by which a node is dialled. The port is looked up at every dial if EPMD has it. */
export function routeTo({ tunnel, report }: ReachedHost, node: string, seen: Seen): NodeRoute {
  const host = otherHost(node, seen);
  if (host !== undefined) return { tunnel, host };
  const check = portOwnerCheck(tunnel, { accept: [seen?.user] });
  const isUnregistered = seen?.source === 'process' && seen.port !== undefined;
  return { tunnel, check, ...(isUnregistered ? { port: seen.port } : { epmdPort: report.epmdPort }) };
}

/** The way for a diagnosis. Only a node that the console did not start (`isForeign`) can be on another host. */
export function wayTo(
  { report: { epmdPort } }: ReachedHost,
  node: string,
  {
    target,
    cookie,
    seen,
    isForeign,
  }: {
    readonly target: SshTarget;
    readonly cookie: string;
    readonly seen: Seen;
    readonly isForeign: boolean;
  },
): Way {
  const host = isForeign ? otherHost(node, seen) : undefined;
  if (host !== undefined) return { cookie, via: { target, host } };
  const way = { cookie, epmdPort, via: { target } };
  if (seen === undefined) return way;
  const owners = seen.user === undefined ? undefined : [seen.user];
  return { ...way, owners, ...(seen.source === 'process' ? { port: seen.port } : {}) };
}

/** Reads ~/.erlang.cookie of the node's owner on the host. */
export function readOwnersCookie(
  { tunnel, report }: ReachedHost,
  seen: Pick<HostNodeView, 'user'> | undefined,
  signal: AbortSignal,
): Promise<string> {
  const user = seen?.user === report.user ? undefined : seen?.user;
  return readCookie(tunnel, { signal, ...(user === undefined ? {} : { user }) });
}

/** The host in the name of a node that is not on the host which was logged in to. */
function otherHost(node: string, seen: Seen): string | undefined {
  const { host } = splitNodeName(node);
  return seen?.answers === true || isLoopbackHost(host) ? undefined : host;
}
