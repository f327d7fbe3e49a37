/**
 * A bridge that uses an EPMD module: a local node started with the module looks the remote name up in our table and dials
 * the local port of the tunnel. Works for every node name, over IPv4 and IPv6, and with several bridges in one node.
 */

import type { Tunnel } from '../tunnels/tunnel.ts';
import { assembleBridge } from './assemble-bridge.ts';
import type { Bridge, BridgeOptions } from './bridge.ts';
import type { BridgeFolder } from './bridge-folder.ts';
import { formatArgumentsFile, formatErlFlags } from './command-lines.ts';
import { compileEpmdModule, epmdModuleName } from './compile-epmd-module.ts';

/** Options of `openEpmdModuleBridge`. */
export interface EpmdModuleBridgeOptions extends BridgeOptions {
  /** Address family of the local nodes, independent of the remote node's. Default 'inet'. */
  readonly family?: 'inet' | 'inet6';
}

/**
 * Opens the bridge once the remote EPMD knows the node. Throws `HostError` HOST_NO_NODE, HOST_NO_RUNTIME or
 * HOST_UNSUPPORTED, and `TunnelError` TUNNEL_PORT_TAKEN.
 */
export function openEpmdModuleBridge(tunnel: Tunnel, options: EpmdModuleBridgeOptions): Promise<Bridge> {
  const { node, cookie, family = 'inet' } = options;
  return assembleBridge(tunnel, options, {
    longHost: family === 'inet' ? '127.0.0.1' : '::1',
    async prepare({ folder, forward }) {
      await compileEpmdModule(folder.path, options.env);
      const file = await writeFiles(folder, { node, port: forward.port, family, cookie });
      return { ERL_ZFLAGS: formatErlFlags(file) };
    },
  });
}

interface NodeFiles {
  readonly node: string;
  readonly port: number;
  readonly family: 'inet' | 'inet6';
  readonly cookie: string | undefined;
}

/** Writes the files and returns the path of the emulator arguments. */
async function writeFiles(folder: BridgeFolder, { node, port, family, cookie }: NodeFiles): Promise<string> {
  if (cookie !== undefined) await folder.write('cookie', cookie);
  const table = await folder.write('table', `${node} ${port}${cookie === undefined ? '' : ' cookie'}\n`);
  const isIpv6 = family === 'inet6';
  const loopback = isIpv6 ? '{0,0,0,0,0,0,0,1}' : '{127,0,0,1}';
  const text = formatArgumentsFile([
    ['-epmd_module', epmdModuleName],
    ['-pa', folder.path],
    ['-convoy_table', table],
    ...(isIpv6 ? [['-proto_dist', 'inet6_tcp']] : []),
    // It dials the remote node and is never dialled itself, and it should not join a mesh that it cannot reach.
    ['-hidden'],
    ['-start_epmd', 'false'],
    ['-kernel', 'inet_dist_use_interface', loopback],
  ]);
  return await folder.write('erl.args', text);
}
