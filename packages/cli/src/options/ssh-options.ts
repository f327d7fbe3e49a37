/** The options by which commands log in by SSH, and the tunnel they mean. */

import type { Command } from 'commander';
import type { SshTarget, SshTunnel, SshTunnelOptions } from '@convoy/cluster/ssh';
import { askSecret } from '../terminal/ask-secret.ts';
import { oneOf } from './config.ts';
import type { SettingName } from './setting-table.ts';
import { CliError } from '../errors.ts';

export interface SshFlags {
  readonly identity?: readonly string[];
  readonly acceptNewHostKey?: boolean;
  readonly ssh?: string;
  readonly sshEnv?: readonly string[];
}

/** What a way begins with that leads through Railway's relay. */
export const railwayScheme = 'railway:';

export function isRailway(via: string): boolean {
  return via.startsWith(railwayScheme);
}

/** Those that `withSettings` fills. */
export const sshSettings: readonly SettingName[] = [
  'identity',
  'acceptNewHostKey',
  'ssh',
  'sshEnv',
] satisfies (keyof SshFlags)[];

export function addSshOptions(command: Command): Command {
  return command
    .option(
      '--identity <file>',
      'private key for SSH, before those of ~/.ssh; may be repeated (CONVOY_IDENTITY)',
      collect,
    )
    .option(
      '--accept-new-host-key',
      'trust an SSH host that is in no known_hosts file (CONVOY_ACCEPT_NEW_HOST_KEY)',
    )
    .option(
      '--ssh <which>',
      'library, or system: the ssh program, for hardware keys (CONVOY_SSH, else library)',
    )
    .option(
      '--ssh-env <name>',
      'with --ssh system: a variable that ssh, or its ProxyCommand, needs; may be repeated (CONVOY_SSH_ENV)',
      collect,
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What the flags say, and a person at the terminal for passphrases and passwords. */
export async function sshOptionsOf(flags: SshFlags): Promise<SshTunnelOptions> {
  const which = oneOf(flags.ssh ?? 'library', ['library', 'system'], '--ssh');
  if (which === 'library' && flags.sshEnv !== undefined) {
    throw new CliError(
      'CLI_BAD_OPTION',
      '--ssh-env applies only to the ssh program, which is not used here',
      {
        remedy: 'Add --ssh system, or leave --ssh-env out.',
      },
    );
  }
  const { dialSsh, dialSystemSsh } = await import('@convoy/cluster/ssh');
  return {
    dialer: which === 'system' ? dialSystemSsh : dialSsh,
    // Left out, ~/.ssh/config says.
    ...(flags.acceptNewHostKey === true ? { acceptNewHostKey: true } : {}),
    identityFiles: flags.identity,
    variables: flags.sshEnv,
    passphrase: (file) => askSecret(`Passphrase of ${file}`),
    password: (hop) => askSecret(`Password of ${hop}`),
  };
}

/** Opens a tunnel to `[ssh://]user@host[:port][,next-hop...]`. */
export async function openTunnel(text: string, flags: SshFlags, signal?: AbortSignal): Promise<SshTunnel> {
  const { openSshTunnel } = await import('@convoy/cluster/ssh');
  const target = await parseVia(text);
  const options = await sshOptionsOf(flags);
  return openSshTunnel(target, signal === undefined ? options : { ...options, signal });
}

/** Throws CLI_BAD_OPTION for a way that is Railway's, and SSH_BAD_TARGET. */
export async function parseVia(text: string): Promise<SshTarget> {
  if (isRailway(text)) {
    throw new CliError('CLI_BAD_OPTION', `${text} leads to one node, and to no host`, {
      remedy: 'ping, rpc, eval and shell go that way.',
    });
  }
  const { parseSshTarget } = await import('@convoy/cluster/ssh');
  return parseSshTarget(text);
}
