/**
 * How nodes on Railway are dialled. Inside the private network, or where its addresses are at hand, directly: at the
 * cluster's port of the host that a node's name says. From elsewhere through Railway's SSH relay, where the user's name is
 * the service that is meant, and 127.0.0.1 is its container; no port of it is open to the world for that.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSshTunnel, type SshTarget, type SshTunnelOptions } from '../../ssh/index.ts';
import type { TunnelResolver } from '../../../tunnels/tunnel-resolver.ts';

/** How the local node reaches nodes on Railway: directly, or through Railway's SSH relay. */
export type RailwayReach =
  | {
      readonly kind: 'direct';
      /**
       * `routes` of the local node. Without it, that node must find the ports itself, e.g. with
       * `createStaticPortResolver`.
       */
      readonly routes?: TunnelResolver;
    }
  | {
      readonly kind: 'relay';
      /** `routes` of our node. */
      readonly routes: TunnelResolver;
      /** Default `ssh.railway.com`. */
      readonly host?: string | undefined;
      /** Default 22. */
      readonly port?: number | undefined;
      /** Its public key, `ssh-ed25519 AAAA...`: no other is taken. Default: what the files of known hosts say. */
      readonly hostKey?: string;
      /** Keys to log in with, and how. The public half must be known to Railway. */
      readonly ssh?: Omit<SshTunnelOptions, 'signal'>;
    };

export interface ReachTarget {
  /** Full node name. */
  readonly node: string;
  /** Of the service in its environment; stays the same when it is deployed anew. */
  readonly serviceInstanceId: string;
  readonly distPort: number;
  readonly signal: AbortSignal;
}

const relayHost = 'ssh.railway.com';

/** Makes a way to a node known to `routes`. Returns what takes it back. Rejects with `SshError`, or the signal's reason. */
export async function openReach(reach: RailwayReach, target: ReachTarget): Promise<() => Promise<void>> {
  const { node, distPort: port } = target;
  if (reach.kind === 'direct') {
    reach.routes?.add(node, { port });
    return async () => void reach.routes?.delete(node);
  }
  const hostKey = await pinHostKey(reach);
  try {
    const options = { ...sshOptionsOf(reach), ...hostKey.options, signal: target.signal };
    const tunnel = await openSshTunnel(targetOf(reach, target), options);
    reach.routes.add(node, { tunnel, port });
    return async () => {
      reach.routes.delete(node);
      await tunnel.close();
      await hostKey.remove();
    };
  } catch (error) {
    await hostKey.remove();
    throw error;
  }
}

/** How a diagnosis comes to a node. */
export interface RailwayWay {
  readonly cookie: string;
  readonly port: number;
  /** Left out where it is reached directly. */
  readonly via?: { readonly target: SshTarget; readonly options: SshTunnelOptions };
}

/** Has somebody look at a node, by the way that dials take. What that needs is gone afterwards. */
export async function withWay<Result>(
  reach: RailwayReach,
  target: Pick<ReachTarget, 'serviceInstanceId' | 'distPort'> & { readonly cookie: string },
  look: (way: RailwayWay) => Promise<Result>,
): Promise<Result> {
  const { cookie, distPort: port } = target;
  if (reach.kind === 'direct') return look({ cookie, port });
  const hostKey = await pinHostKey(reach);
  try {
    const options = { ...sshOptionsOf(reach), ...hostKey.options };
    return await look({ cookie, port, via: { target: targetOf(reach, target), options } });
  } finally {
    await hostKey.remove();
  }
}

function sshOptionsOf({ ssh }: RelayReach): SshTunnelOptions {
  return {
    // A terminal to switch a delay off, as servers of OpenSSH need it, would be a process in the container.
    noDelay: false,
    // `~/.ssh/config` must not turn this into another host.
    configFile: false,
    ...ssh,
  };
}

type RelayReach = Extract<RailwayReach, { kind: 'relay' }>;

function targetOf(
  { host = relayHost, port = 22 }: RelayReach,
  { serviceInstanceId }: Pick<ReachTarget, 'serviceInstanceId'>,
): SshTarget {
  return { hops: [{ user: serviceInstanceId, host, port }] };
}

/** A file of known hosts with nothing but that key, for as long as the tunnel may dial anew. */
async function pinHostKey({
  hostKey,
  host = relayHost,
  port = 22,
}: RelayReach): Promise<{ readonly options: SshTunnelOptions; readonly remove: () => Promise<void> }> {
  if (hostKey === undefined) return { options: {}, remove: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'convoy-relay-'));
  const file = join(folder, 'known_hosts');
  const name = port === 22 ? host : `[${host}]:${port}`;
  const [type = '', key = ''] = hostKey.trim().split(/\s+/);
  await writeFile(file, `${name} ${type} ${key}\n`, { mode: 0o600 });
  return {
    options: { knownHostsFiles: [file], acceptNewHostKey: false },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
