/**
 * How nodes on Railway are dialled. Inside the private network, or wherever its addresses are reachable, directly: at the host
 * in the node's name and the distribution port of the cluster. From elsewhere through Railway's SSH relay, where the user name
 * selects the service and 127.0.0.1 is its container; no port needs to be open to the public.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSshTunnel, type SshTarget, type SshTunnelOptions } from '../../ssh/index.ts';
import type { NodeRoute, TunnelResolver } from '../../../tunnels/tunnel-resolver.ts';

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
      /** `routes` of the local node. */
      readonly routes: TunnelResolver;
      /** Host of the relay. Default `ssh.railway.com`. */
      readonly host?: string | undefined;
      /** Port of the relay. Default 22. */
      readonly port?: number | undefined;
      /** The relay's public key, `ssh-ed25519 AAAA...`; any other is rejected. Default: the keys in the known_hosts files. */
      readonly hostKey?: string;
      /** Options of the SSH tunnel, such as the keys to log in with. Railway must know their public halves. */
      readonly ssh?: Omit<SshTunnelOptions, 'signal'>;
    };

export interface ReachTarget {
  /** Full node name. */
  readonly node: string;
  /** Id of the service in its environment; redeploying does not change it. */
  readonly serviceInstanceId: string;
  readonly distPort: number;
  readonly signal: AbortSignal;
}

const relayHost = 'ssh.railway.com';
const containerHost = '127.0.0.1';

/** A route to a node, and what ends with it. */
export interface OpenRoute {
  readonly route: NodeRoute;
  /** Closes the tunnel. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the way to a service. Without `port`, the EPMD in its container is asked at every dial through the relay; a service that is reached
 * directly then has no way (`undefined`). Rejects with `SshError`, or the signal's reason.
 */
export async function openRoute(
  reach: RailwayReach,
  target: Pick<ReachTarget, 'serviceInstanceId' | 'signal'> & { readonly port: number | undefined },
): Promise<OpenRoute | undefined> {
  const { port, signal } = target;
  if (reach.kind === 'direct') {
    return port === undefined ? undefined : { route: { port }, close: () => Promise.resolve() };
  }
  const hostKey = await pinHostKey(reach);
  try {
    const options = { ...sshOptionsOf(reach), ...hostKey.options, signal };
    const tunnel = await openSshTunnel(targetOf(reach, target), options);
    return {
      route: { tunnel, port },
      close: async () => {
        await tunnel.close();
        await hostKey.remove();
      },
    };
  } catch (error) {
    await hostKey.remove();
    throw error;
  }
}

/** Adds a route to the node to `routes`. Returns a function that removes it. Rejects with `SshError`, or the signal's reason. */
export async function openReach(reach: RailwayReach, target: ReachTarget): Promise<() => Promise<void>> {
  const { node, distPort: port } = target;
  const opened = await openRoute(reach, { ...target, port });
  if (opened !== undefined) reach.routes?.add(node, opened.route);
  return async () => {
    reach.routes?.delete(node);
    await opened?.close();
  };
}

/** How to reach a node for a diagnosis. */
export interface RailwayRoute {
  readonly cookie: string;
  /** `undefined` if the EPMD in its container is asked for it. */
  readonly port: number | undefined;
  /** The SSH relay to go through. Absent when the node is reached directly. */
  readonly via?: {
    readonly target: SshTarget;
    readonly options: SshTunnelOptions;
    /** The container as the relay sees it. The relay runs no commands, so the owner of a port cannot be looked up there. */
    readonly host: string;
  };
}

/** Calls `probe` with the route on which the node is dialled. Removes the files that the route needs afterwards. */
export async function withRoute<Result>(
  reach: RailwayReach,
  target: Pick<ReachTarget, 'serviceInstanceId'> & Pick<RailwayRoute, 'cookie' | 'port'>,
  probe: (route: RailwayRoute) => Promise<Result>,
): Promise<Result> {
  const { cookie, port } = target;
  if (reach.kind === 'direct') return probe({ cookie, port });
  const hostKey = await pinHostKey(reach);
  try {
    const options = { ...sshOptionsOf(reach), ...hostKey.options };
    return await probe({
      cookie,
      port,
      via: { target: targetOf(reach, target), options, host: containerHost },
    });
  } finally {
    await hostKey.remove();
  }
}

function sshOptionsOf({ ssh }: RelayReach): SshTunnelOptions {
  return {
    // OpenSSH servers need a terminal to switch the delay off, and here that would be a process in the container.
    noDelay: false,
    // `~/.ssh/config` must not redirect this to another host.
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

/** Writes a known_hosts file with only that key. It must exist for as long as the tunnel may reconnect. */
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
