/** Options for a console that is reached from elsewhere (proxies, host names, paths), and the warning when anyone can reach it. */

import { BlockList, isIP } from 'node:net';
import type { Command } from 'commander';
import type { SettingName } from './setting-table.ts';

/** The flags for host names, proxies and the base path. */
export interface FrontDoorFlags {
  readonly allowedHost?: readonly string[];
  readonly trustedProxy?: readonly string[];
  readonly basePath?: string;
}

/** The flags that `withSettings` fills in. */
export const frontDoorSettings: readonly SettingName[] = [
  'allowedHost',
  'trustedProxy',
  'basePath',
] satisfies (keyof FrontDoorFlags)[];

function append(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** Adds the flags to a command. */
export function addFrontDoorOptions(command: Command): Command {
  return command
    .option(
      '--allowed-host <host>',
      'another host name that the console answers to, e.g. console.example.com, or https://console.example.com to accept its origin too; may be repeated (CONVOY_ALLOWED_HOST)',
      append,
    )
    .option(
      '--trusted-proxy <address>',
      'address or network whose X-Forwarded-For, -Proto and -Host headers are trusted; may be repeated (CONVOY_TRUSTED_PROXY)',
      append,
    )
    .option(
      '--base-path <path>',
      'path under which the page and the API are served, e.g. /convoy (CONVOY_BASE_PATH)',
    );
}

/** The options of the console that follow from the flags. */
export function frontDoorOptionsOf(flags: FrontDoorFlags): {
  allowedHosts: readonly string[] | undefined;
  trustedProxies: readonly string[] | undefined;
  basePath: string | undefined;
} {
  const { allowedHost, trustedProxy, basePath } = flags;
  return { allowedHosts: allowedHost, trustedProxies: trustedProxy, basePath };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The warning for a console that other machines can reach without TLS; `undefined` if no other machine can. */
export function exposureWarning({ address, port }: { address: string; port: number }): string | undefined {
  if (isLoopback(address)) return undefined;
  return [
    `convoy: warning: the console listens on ${address}, port ${port}, without TLS: other machines can reach it, and anyone`,
    '  on the way can read the token and run code on every node. What to do instead:',
    `  - keep it on 127.0.0.1 (omit --host) and connect with \`ssh -L ${port}:127.0.0.1:${port} THIS_MACHINE\`, or`,
    '  - put a proxy with TLS in front of it and let only the proxy reach this port: docs/guide/reverse-proxy.md',
  ].join('\n');
}
