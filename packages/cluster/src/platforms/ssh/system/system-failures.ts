/**
 * Turns the output of the system's `ssh` into `SshError`s when it fails. Pure: works on its log at the level of one `-v`.
 * Text that the server itself prints (its banner) can at worst make its own failure look like another one.
 */

import { type PresentedKey, SshError, type SshErrorCode } from '../../../errors.ts';
import type { SshTarget } from '../connection/ssh-connection.ts';
import { formatSshHop } from '../connection/ssh-target.ts';

interface Rule {
  readonly code: SshErrorCode;
  readonly pattern: RegExp;
  /** The message after the hop: `<hop> ...`. `groups` are the capture groups of `pattern`. */
  readonly describe: (groups: readonly string[], log: string) => string;
  readonly remedy: string;
}

const checkRoute =
  'Check the host and port, whether sshd is running on the host, and whether you need a bastion.';

/** The first matching rule wins: causes come before their consequences. */
const rules: readonly Rule[] = [
  {
    code: 'SSH_BAD_CONFIG',
    pattern:
      /^(.*(?:[Bb]ad configuration option|[Bb]ad owner or permissions|terminating, \d+ bad|Unsupported option|Can't open user config file|too long for Unix domain socket).*)$/m,
    describe: ([line = '']) => `cannot be reached with this ssh configuration: ${line}`,
    remedy: 'Correct the line of the configuration that the message names.',
  },
  {
    code: 'SSH_HOST_KEY_CHANGED',
    pattern: /marked as revoked|REVOKED HOST KEY/,
    describe: (_, log) => `presented a revoked key: ${fingerprintIn(log)}`,
    remedy: 'Do not log in: the key has been compromised.',
  },
  {
    code: 'SSH_HOST_KEY_CHANGED',
    pattern: /^Offending (?:\S+ )?key .*?in (.+:\d+)/m,
    describe: ([place = ''], log) =>
      `presented a key other than the known one: ${fingerprintIn(log)}, not the one in ${place}`,
    remedy:
      'This may be a man-in-the-middle attack. If the machine was replaced, remove its old key with `ssh-keygen -R` and its name.',
  },
  {
    code: 'SSH_HOST_KEY_UNKNOWN',
    pattern: /host key is known for|^Host key verification failed/m,
    describe: (_, log) => `has an unknown host key: ${fingerprintIn(log)}`,
    remedy:
      'Compare the fingerprint with the output of `ssh-keygen -lf` for the key file on the host, then log in once with ssh to add the key to known_hosts, or accept new keys.',
  },
  {
    code: 'SSH_HOST_UNKNOWN',
    pattern: /Could not resolve hostname (\S+):/,
    describe: ([host = '']) => `cannot be reached: ${host} does not resolve`,
    remedy: 'Correct it, or define it as an alias with HostName in ~/.ssh/config.',
  },
  {
    code: 'SSH_FORWARD_FORBIDDEN',
    pattern: /channel \d+: open failed: (?:administratively prohibited|unknown channel type)/,
    describe: () => 'cannot be reached: the hop before it does not allow forwarding',
    remedy:
      'In the sshd_config of that hop, set AllowTcpForwarding yes, and include the next hop in PermitOpen if it is used.',
  },
  {
    code: 'SSH_UNREACHABLE',
    pattern: /channel \d+: open failed: /,
    describe: () => 'cannot be reached from the hop before it',
    remedy: 'Check the host and port as seen from the hop before it, and whether sshd is running.',
  },
  {
    code: 'SSH_AUTH_REFUSED',
    pattern: /^(?:\S+: )?Permission denied \((.*)\)|Too many authentication failures/m,
    describe: ([methods = ''], log) => {
      const offered = [...log.matchAll(/Offering public key: (.+?) [A-Z0-9-]+ SHA256:/g)].map(
        ([, key]) => key,
      );
      const tried =
        offered.length === 0 ? 'there was no key to offer' : `it was offered ${offered.join(', ')}`;
      return `refused the login: ${tried}${methods === '' ? '' : `; it accepts ${methods}`}`;
    },
    remedy:
      'Check the user name, select the key with identityFiles, and check that its public half is in ~/.ssh/authorized_keys on the host.',
  },
  {
    code: 'SSH_TIMEOUT',
    pattern:
      /connect to (?:host|address) .*(?:timed out)|timed out during banner exchange|Operation timed out|Timeout, server/,
    describe: () => 'did not answer in time',
    remedy: 'A firewall may drop the packets, or the host may be down; check whether you need a bastion.',
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
    describe: ([line = '']) => `failed the SSH protocol exchange: ${line}`,
    remedy: 'Check that an SSH server listens on that port, and which algorithms it supports.',
  },
  {
    code: 'SSH_CLOSED',
    pattern: /Connection (?:closed|reset)|closed by remote host|Broken pipe/,
    describe: () => 'closed the connection before the login was complete',
    remedy:
      'Check the log of its sshd: it may refuse this address or have too many logins in progress, or the port may not be an SSH server.',
  },
];

/** Longer lines are cut. A server can make `ssh` print one as long as the log, and the rules try every position in it. */
const maxLineLength = 1000;

/** Explains why `ssh` ended before it was logged in. */
export function explainSystemSsh(wholeLog: string, target: SshTarget): SshError {
  const log = wholeLog
    .split('\n')
    .map((line) => line.slice(0, maxLineLength))
    .join('\n');
  const key = encryptedKey(log);
  if (key !== undefined) return key;
  for (const { code, pattern, describe, remedy } of rules) {
    const found = pattern.exec(log);
    if (found === null) continue;
    const hop = hopNamedIn(lineOf(log, found.index), target);
    const text = describe(
      found.slice(1).map((fact) => plain(fact ?? '')),
      log,
    );
    const presented = code.startsWith('SSH_HOST_KEY_') ? presentedKey(log) : undefined;
    return new SshError(code, `${hop} ${text}`, {
      hop,
      presented,
      remedy,
      cause: new Error(lastMessage(log)),
    });
  }
  const hop = hopNamedIn('', target);
  return new SshError(
    'SSH_PROTOCOL',
    `ssh could not connect to ${hop}: ${lastMessage(log) || 'it gave no reason'}`,
    {
      hop,
      remedy: 'Run `ssh -v` with the same target for details.',
    },
  );
}

/** The error for a key that the server accepts but `ssh` cannot decrypt, because batch mode allows no prompts. */
function encryptedKey(log: string): SshError | undefined {
  const [, file] = /Server accepts key: (.+?) [A-Z0-9-]+ SHA256:/.exec(log) ?? [];
  const isRefused = /Permission denied \(/.test(log) && !/^Authenticated to/m.test(log);
  if (file === undefined || !isRefused) return undefined;
  return new SshError('SSH_KEY_UNUSABLE', `the private key ${plain(file)} cannot be used: it is encrypted`, {
    remedy: 'Add it to the agent with ssh-add.',
    cause: new Error(lastMessage(log)),
  });
}

/** The key of the last host in the log. */
function presentedKey(log: string): PresentedKey | undefined {
  const line = log.slice(Math.max(0, log.lastIndexOf('Server host key:')));
  const [, type, fingerprint] = /^Server host key: (\S+) (SHA256:[A-Za-z0-9+/]+)/.exec(line) ?? [];
  return type === undefined || fingerprint === undefined ? undefined : { type, fingerprint };
}

function fingerprintIn(log: string): string {
  return presentedKey(log)?.fingerprint ?? 'with an unknown fingerprint';
}

function lineOf(log: string, at: number): string {
  const end = log.indexOf('\n', at);
  return log.slice(log.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
}

/** The hop that a line is about: the one that it names, else the last hop. */
function hopNamedIn(line: string, { hops }: SshTarget): string {
  const named = hops.filter(({ host }) => line.includes(host));
  const [only] = named.length === 1 ? named : [hops.at(-1)];
  return formatSshHop(only ?? hops[0]);
}

/** The last line that is not debug output of `-v`. */
export function lastMessage(log: string): string {
  const debugOutput = /^(?:debug\d:|Transferred: sent|Bytes per second: |\s*$)/;
  const lines = log.split('\n').filter((line) => !debugOutput.test(line));
  return plain(lines.at(-1) ?? '');
}

function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 300);
}
