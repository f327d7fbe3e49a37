/**
 * What the system's `ssh` says when it gives up, as `SshError`s: pure, from its words at the level of one `-v`. What a
 * server may print itself (its banner) can at worst make its own failure look like another one.
 */

import { SshError, type SshErrorCode } from '../../../errors.ts';
import type { SshTarget } from '../connection/ssh-connection.ts';
import { formatSshHop } from '../connection/ssh-target.ts';

interface Rule {
  readonly code: SshErrorCode;
  readonly pattern: RegExp;
  /** After the hop: `<hop> ...`. `groups` are the groups of `pattern`. */
  readonly describe: (groups: readonly string[], log: string) => string;
  readonly remedy: string;
}

const checkRoute = 'Check host and port, that sshd runs there, and whether the way leads over a bastion.';

/** The first that fits counts: what went wrong nearest to the cause comes first. */
const rules: readonly Rule[] = [
  {
    code: 'SSH_BAD_CONFIG',
    pattern:
      /^(.*(?:[Bb]ad configuration option|[Bb]ad owner or permissions|terminating, \d+ bad|Unsupported option|Can't open user config file|too long for Unix domain socket).*)$/m,
    describe: ([line = '']) => `cannot be reached with this configuration of ssh: ${line}`,
    remedy: 'Correct the configuration it names.',
  },
  {
    code: 'SSH_HOST_KEY_CHANGED',
    pattern: /marked as revoked|REVOKED HOST KEY/,
    describe: (_, log) => `shows a key that was revoked: ${presentedKey(log)}`,
    remedy: 'Do not log in: that key is in wrong hands.',
  },
  {
    code: 'SSH_HOST_KEY_CHANGED',
    pattern: /^Offending (?:\S+ )?key .*?in (.+:\d+)/m,
    describe: ([place = ''], log) =>
      `shows another key than the one it is known by: ${presentedKey(log)}, not the one in ${place}`,
    remedy:
      'Somebody may be in between. If the machine is a new one, forget its old key with `ssh-keygen -R` and its name.',
  },
  {
    code: 'SSH_HOST_KEY_UNKNOWN',
    pattern: /host key is known for|^Host key verification failed/m,
    describe: (_, log) => `is not known: it shows the key ${presentedKey(log)}`,
    remedy:
      'Compare that with `ssh-keygen -lf` of the host’s own key, then add it to known_hosts by logging in once with ssh, or accept new keys.',
  },
  {
    code: 'SSH_HOST_UNKNOWN',
    pattern: /Could not resolve hostname (\S+):/,
    describe: ([host = '']) => `cannot be reached: ${host} does not resolve`,
    remedy: 'Correct it, or give it as an alias with HostName in ~/.ssh/config.',
  },
  {
    code: 'SSH_FORWARD_FORBIDDEN',
    pattern: /channel \d+: open failed: (?:administratively prohibited|unknown channel type)/,
    describe: () => 'cannot be reached: the hop before it allows no forwarding',
    remedy:
      'That hop’s sshd_config needs AllowTcpForwarding yes, and no PermitOpen that leaves the next one out.',
  },
  {
    code: 'SSH_UNREACHABLE',
    pattern: /channel \d+: open failed: /,
    describe: () => 'cannot be reached from the hop before it',
    remedy: 'Check host and port as that machine sees them, and that sshd runs there.',
  },
  {
    code: 'SSH_AUTH_REFUSED',
    pattern: /^(?:\S+: )?Permission denied \((.*)\)|Too many authentication failures/m,
    describe: ([methods = ''], log) => {
      const offered = [...log.matchAll(/Offering public key: (.+?) [A-Z0-9-]+ SHA256:/g)].map(
        ([, key]) => key,
      );
      const tried =
        offered.length === 0 ? 'there was no key to offer it' : `it was offered ${offered.join(', ')}`;
      return `does not let us in: ${tried}${methods === '' ? '' : `; it takes ${methods}`}`;
    },
    remedy:
      'Check the user name, name the key (identityFiles), and see that its public half is in ~/.ssh/authorized_keys there.',
  },
  {
    code: 'SSH_TIMEOUT',
    pattern:
      /connect to (?:host|address) .*(?:timed out)|timed out during banner exchange|Operation timed out|Timeout, server/,
    describe: () => 'did not answer in time',
    remedy: 'A firewall may drop the packets, or the host may be down; is a bastion needed?',
  },
  {
    code: 'SSH_UNREACHABLE',
    pattern: /connect to (?:host|address) \S+ port \d+: (.+)/,
    describe: ([why = '']) => `cannot be reached: ${why.toLowerCase()}`,
    remedy: checkRoute,
  },
  {
    code: 'SSH_PROTOCOL',
    pattern:
      /(Unable to negotiate .*|no matching .* found.*|Protocol major versions differ.*|.*(?:banner line contains invalid|Bad packet length|Corrupted MAC|invalid format|incompatible version).*)/,
    describe: ([line = '']) => `and ssh do not understand one another: ${line}`,
    remedy: 'Check that an SSH server listens on that port, and which algorithms it takes.',
  },
  {
    code: 'SSH_CLOSED',
    pattern: /Connection (?:closed|reset)|closed by remote host|Broken pipe/,
    describe: () => 'closed the connection before the login was through',
    remedy:
      'Its sshd may refuse this address, have too many logins under way, or be no SSH server: see its log.',
  },
];

/** Longest line that is looked at. A server can have `ssh` print one as long as the log, and the rules try every place of it. */
const maxLineLength = 1000;

/** Why `ssh` has ended before it was logged in. */
export function explainSystemSsh(wholeLog: string, target: SshTarget): SshError {
  const log = wholeLog
    .split('\n')
    .map((line) => line.slice(0, maxLineLength))
    .join('\n');
  const key = lockedKey(log);
  if (key !== undefined) return key;
  for (const { code, pattern, describe, remedy } of rules) {
    const found = pattern.exec(log);
    if (found === null) continue;
    const hop = hopNamedIn(lineOf(log, found.index), target);
    const text = describe(
      found.slice(1).map((fact) => plain(fact ?? '')),
      log,
    );
    return new SshError(code, `${hop} ${text}`, { hop, remedy, cause: new Error(lastMessage(log)) });
  }
  const hop = hopNamedIn('', target);
  return new SshError('SSH_PROTOCOL', `ssh gave up on ${hop}: ${lastMessage(log) || 'it said nothing'}`, {
    hop,
    remedy: 'Try the same way with `ssh -v`.',
  });
}

/** A key the server would take, but nobody could open: `ssh` was told to ask nobody. */
function lockedKey(log: string): SshError | undefined {
  const [, file] = /Server accepts key: (.+?) [A-Z0-9-]+ SHA256:/.exec(log) ?? [];
  const isRefused = /Permission denied \(/.test(log) && !/^Authenticated to/m.test(log);
  if (file === undefined || !isRefused) return undefined;
  return new SshError('SSH_KEY_UNUSABLE', `the private key ${plain(file)} cannot be used: it is encrypted`, {
    remedy: 'Add it to the agent with ssh-add.',
    cause: new Error(lastMessage(log)),
  });
}

/** Of the host that was asked last. */
function presentedKey(log: string): string {
  return (
    /(SHA256:[A-Za-z0-9+/]+)/.exec(log.slice(Math.max(0, log.lastIndexOf('Server host key:'))))?.[1] ??
    'of it'
  );
}

function lineOf(log: string, at: number): string {
  const end = log.indexOf('\n', at);
  return log.slice(log.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
}

/** The hop a line is about: the one it names, else the last. */
function hopNamedIn(line: string, { hops }: SshTarget): string {
  const named = hops.filter(({ host }) => line.includes(host));
  const [only] = named.length === 1 ? named : [hops.at(-1)];
  return formatSshHop(only ?? hops[0]);
}

/** The last line that is no remark of `-v`. */
export function lastMessage(log: string): string {
  const remark = /^(?:debug\d:|Transferred: sent|Bytes per second: |\s*$)/;
  const lines = log.split('\n').filter((line) => !remark.test(line));
  return plain(lines.at(-1) ?? '');
}

function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 300);
}
