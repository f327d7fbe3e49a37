/**
 * A bridge that needs no code in the local node. The remote host gets its own loopback address, on which our own EPMD and the
 * tunnel listen; a host names file maps the host name to that address for the node. Erlang passes EPMD only the part
 * of a node name before `@`; the address restores the other part. Erlang's own `epmd` holds port 4369 on every address, so
 * our EPMD listens on another port, where the local node registers as well.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startEpmdServer } from '@convoy/node/epmd';
import { HostError } from '../errors.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import { assembleBridge } from './assemble-bridge.ts';
import type { Bridge, BridgeOptions } from './bridge.ts';
import type { BridgeFolder } from './bridge-folder.ts';
import { formatArgumentsFile, formatErlFlags } from './command-lines.ts';
import { parseFullName } from './node-address.ts';

/**
 * Opens the bridge once the remote EPMD knows the node. Throws `HostError` HOST_NO_NODE, HOST_UNSUPPORTED when the host
 * part of the name is an address or this computer lacks the loopback address, and `TunnelError` TUNNEL_PORT_TAKEN.
 */
export async function openAliasBridge(tunnel: Tunnel, options: BridgeOptions): Promise<Bridge> {
  const { name, host } = parseFullName(options.node, tunnel.name);
  assertMappable(host, tunnel);
  const alias = chooseAlias(tunnel.name, host);
  try {
    return await assembleBridge(tunnel, options, {
      hosts: [alias],
      longHost: '127.0.0.1',
      async prepare({ folder, forward, own }) {
        const virtualHosts = { [alias]: [{ name, port: forward.port }] };
        const epmd = own(await startEpmdServer({ port: 0, virtualHosts }));
        const files = await writeFiles(folder, { host, alias, cookie: await cookieToWrite(options) });
        return { ...files, ERL_EPMD_PORT: String(epmd.port) };
      },
    });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL' ? noAlias(alias, tunnel, error) : error;
  }
}

function assertMappable(host: string, tunnel: Tunnel): void {
  if (isIP(host) === 0 && host !== 'localhost') return;
  throw new HostError(
    'HOST_UNSUPPORTED',
    `the host part of the node name is the address ${host}, which cannot be mapped to a loopback address`,
    {
      host: tunnel.name,
      remedy: 'Use an EPMD module bridge instead, which supports every node name.',
    },
  );
}

/** A stable address per host, from 127.0.2.1 to 127.0.254.254: operating systems use some lower addresses. */
function chooseAlias(tunnelName: string, host: string): string {
  const [first = 0, second = 0] = createHash('sha256').update(`${tunnelName} ${host}`).digest();
  return `127.0.${2 + (first % 253)}.${1 + (second % 254)}`;
}

function noAlias(alias: string, tunnel: Tunnel, cause: unknown): HostError {
  return new HostError('HOST_UNSUPPORTED', `this computer does not have the address ${alias}`, {
    host: tunnel.name,
    remedy: `Add it (macOS: sudo ifconfig lo0 alias ${alias}), or use an EPMD module bridge.`,
    cause,
  });
}

interface NodeFiles {
  readonly host: string;
  readonly alias: string;
  readonly cookie: string | undefined;
}

/** Writes the files and returns the environment variables that point to them. */
async function writeFiles(folder: BridgeFolder, files: NodeFiles): Promise<Record<string, string>> {
  const { host, alias, cookie } = files;
  const address = `{${alias.replaceAll('.', ',')}}`;
  const inetrc = await folder.write('inetrc', `{host,${address},["${host}"]}.\n{lookup,[file,native]}.\n`);
  const text = formatArgumentsFile([
    ['-hidden'],
    ['-start_epmd', 'false'],
    ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
  ]);
  const flags = { ERL_INETRC: inetrc, ERL_ZFLAGS: formatErlFlags(await folder.write('erl.args', text)) };
  if (cookie === undefined) return flags;
  // Without code in the node, it has a single cookie for all peers, which it reads from its home folder.
  await folder.write('.erlang.cookie', cookie);
  return { HOME: folder.path, ...flags };
}

/** `undefined` when this user's nodes read that cookie from their home folder anyway. */
async function cookieToWrite({ cookie, env }: BridgeOptions): Promise<string | undefined> {
  return cookie === (await ownCookie(env)) ? undefined : cookie;
}

async function ownCookie(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  try {
    return (await readFile(join(env['HOME'] || homedir(), '.erlang.cookie'), 'utf8')).trim();
  } catch {
    return undefined;
  }
}
