/** Options for logging in by SSH, and the tunnel that they describe. */

import type { Command } from 'commander';
import type { SshTarget, SshTunnel, SshTunnelOptions } from '@convoy/cluster/ssh';
import { askSecret } from '../terminal/ask-secret.ts';
import { oneOf } from './config.ts';
import type { SettingName } from './setting-table.ts';
import { CliError } from '../errors.ts';

/** The flags for logging in by SSH. */
export interface SshFlags {
  readonly identity?: readonly string[];
  readonly acceptNewHostKey?: boolean;
  readonly ssh?: string;
  readonly sshEnv?: readonly string[];
}

/** Prefix of a `--via` value that leads through Railway's SSH relay. */
export const railwayScheme = 'railway:';

/** Whether a `--via` value leads through Railway's SSH relay. */
export function isRailway(via: string): boolean {
  return via.startsWith(railwayScheme);
}

/** The flags that `withSettings` fills in. */
export const sshSettings: readonly SettingName[] = [
  'identity',
  'acceptNewHostKey',
  'ssh',
  'sshEnv',
] satisfies (keyof SshFlags)[];

/** Adds the flags to a command. */
export function addSshOptions(command: Command): Command {
  return command
    .option(
      '--identity <file>',
      'private key for SSH, tried before those in ~/.ssh; may be repeated (CONVOY_IDENTITY)',
      collect,
    )
    .option(
      '--accept-new-host-key',
      'trust an SSH host that is in no known_hosts file (CONVOY_ACCEPT_NEW_HOST_KEY)',
    )
    .option(
      '--ssh <which>',
      'library, or system for the ssh program, e.g. for hardware keys (CONVOY_SSH, else library)',
    )
    .option(
      '--ssh-env <name>',
      'with --ssh system: pass this variable to ssh and its ProxyCommand; may be repeated (CONVOY_SSH_ENV)',
      collect,
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Tunnel options from the flags; passphrases and passwords are asked for at the terminal. Rejects with CLI_BAD_OPTION. */
export async function sshOptionsOf(flags: SshFlags): Promise<SshTunnelOptions> {
  const which = oneOf(flags.ssh ?? 'library', ['library', 'system'], '--ssh');
  if (which === 'library' && flags.sshEnv !== undefined) {
    throw new CliError(
      'CLI_BAD_OPTION',
      '--ssh-env applies only to the ssh program, which is not used here',
      {
        remedy: 'Add --ssh system, or omit --ssh-env.',
      },
    );
  }
  const { dialSsh, dialSystemSsh } = await import('@convoy/cluster/ssh');
  return {
    dialer: which === 'system' ? dialSystemSsh : dialSsh,
    // If omitted, ~/.ssh/config decides.
    ...(flags.acceptNewHostKey === true ? { acceptNewHostKey: true } : {}),
    identityFiles: flags.identity,
    variables: flags.sshEnv,
    passphrase: (file) => askSecret(`Passphrase of ${file}`),
    password: (hop) => askSecret(`Password of ${hop}`),
  };
}

/** Opens a tunnel to `[ssh://]user@host[:port][,next-hop...]`. Rejects with `SshError` or CLI_BAD_OPTION. */
export async function openTunnel(text: string, flags: SshFlags, signal?: AbortSignal): Promise<SshTunnel> {
  const { openSshTunnel } = await import('@convoy/cluster/ssh');
  const target = await parseVia(text);
  const options = await sshOptionsOf(flags);
  return openSshTunnel(target, signal === undefined ? options : { ...options, signal });
}

/** Parses a `--via` value as an SSH target. Rejects with SSH_BAD_TARGET, or CLI_BAD_OPTION for a service on Railway. */
export async function parseVia(text: string): Promise<SshTarget> {
  if (isRailway(text)) {
    throw new CliError('CLI_BAD_OPTION', `${text} is a single node, not a host`, {
      remedy: 'Use ssh://user@host here; railway: targets work with ping, rpc, eval and shell.',
    });
  }
  const { parseSshTarget } = await import('@convoy/cluster/ssh');
  return parseSshTarget(text);
}
