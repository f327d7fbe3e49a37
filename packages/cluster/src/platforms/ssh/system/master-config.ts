/**
 * The configuration of the system's `ssh`, which takes precedence over the user's, and its command-line arguments. The `ssh`
 * processes for jump hosts read the same configuration; they would not receive options. Pure; contains no secrets.
 */

import { SshError } from '../../../errors.ts';
import type { SshHop, SshOptions, SshTarget } from '../connection/ssh-connection.ts';
import { formatSshHop, formatSshTarget } from '../connection/ssh-target.ts';

/** The text that the master prints when it is logged in and listening. */
export const readyMarker = 'convoy-ssh-ready';

/** Formats the configuration. Throws `SshError` SSH_BAD_CONFIG for a path that cannot be written in it. */
export function masterConfig(options: SshOptions, home: string): string {
  const { identityFiles = [], knownHostsFiles, agent, configFile, acceptNewHostKey = false } = options;
  const { connectTimeoutMs = 10_000, keepaliveIntervalMs = 5000, keepaliveCount = 3 } = options;
  const path = (file: string): string => quotePath(file, home);
  const lines = [
    // Keywords that older releases do not know.
    'IgnoreUnknown ForkAfterAuthentication,SessionType,StdinNull',
    'BatchMode yes',
    `StrictHostKeyChecking ${acceptNewHostKey === true ? 'accept-new' : 'yes'}`,
    ...(knownHostsFiles === undefined
      ? []
      : [
          `UserKnownHostsFile ${knownHostsFiles.map(path).join(' ') || 'none'}`,
          'GlobalKnownHostsFile /dev/null',
        ]),
    ...identityFiles.map((file) => `IdentityFile ${path(file)}`),
    ...(agent === undefined ? [] : [`IdentityAgent ${agent === false ? 'none' : path(agent)}`]),
    `ConnectTimeout ${Math.max(1, Math.ceil(connectTimeoutMs / 1000))}`,
    'ConnectionAttempts 1',
    `ServerAliveInterval ${Math.max(1, Math.ceil(keepaliveIntervalMs / 1000))}`,
    `ServerAliveCountMax ${keepaliveCount}`,
    // Nothing is shared with the user's own sessions or requested from them.
    'ControlMaster no',
    'ControlPath none',
    'ControlPersist no',
    'PermitLocalCommand no',
    'RemoteCommand none',
    'RequestTTY no',
    'EscapeChar none',
    'ClearAllForwardings yes',
    'ForwardAgent no',
    'ForwardX11 no',
    'Tunnel no',
    'ForkAfterAuthentication no',
    'SessionType default',
    'UpdateHostKeys no',
    'VisualHostKey no',
    'LogLevel DEBUG1',
  ];
  const included =
    configFile === false ? [] : [configFile ?? `${home}/.ssh/config`, '/etc/ssh/ssh_config'].map(path);
  return `Host *\n${lines.map((line) => `  ${line}\n`).join('')}${included.map((file) => `Include ${file}\n`).join('')}`;
}

/** Quotes a path so that `%` and `$` stand for themselves. */
function quotePath(file: string, home: string): string {
  const absolute = file.replace(/^~(?=\/|$)/, home);
  if (/["\\\p{C}]|\$\{/u.test(absolute)) {
    throw new SshError(
      'SSH_BAD_CONFIG',
      `the path ${JSON.stringify(file)} cannot be used in an ssh configuration`,
      {
        remedy: 'Use a path without quotes, backslashes, ${ and control characters.',
      },
    );
  }
  return `"${absolute.replaceAll('%', '%%')}"`;
}

/**
 * The arguments of `ssh`. Throws `SshError` SSH_BAD_TARGET for user names that a shell between the hops could interpret as
 * more than a name.
 */
export function masterArguments(
  target: SshTarget,
  { config, socket }: { readonly config: string; readonly socket: string },
): string[] {
  for (const { user } of target.hops) if (user !== undefined) checkUser(user, target);
  const jumps = target.hops.slice(0, -1);
  const last = target.hops.at(-1) as SshHop;
  return [
    ...['-F', config, '-M', '-S', socket, '-N', '-T'],
    ...['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=echo ${readyMarker}`],
    ...(jumps.length === 0 ? [] : ['-J', jumps.map(formatJump).join(',')]),
    ...(last.user === undefined ? [] : ['-l', last.user]),
    ...(last.port === undefined ? [] : ['-p', String(last.port)]),
    ...['--', last.host],
  ];
}

function checkUser(user: string, target: SshTarget): void {
  if (/^[\w.@+=~-]+$/.test(user)) return;
  throw new SshError(
    'SSH_BAD_TARGET',
    `the user name "${user}" in ${formatSshTarget(target)} cannot be passed to the system’s ssh`,
    {
      remedy: 'Define an alias with that User in ~/.ssh/config.',
    },
  );
}

/** Formats a jump host. An IPv6 address needs brackets here even without a port. */
function formatJump(hop: SshHop): string {
  const { host, user, port } = hop;
  if (port !== undefined || !host.includes(':')) return formatSshHop(hop);
  return `${user === undefined ? '' : `${user}@`}[${host}]`;
}
