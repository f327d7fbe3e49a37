/** Turns failures of dialling a hop and logging in into `SshError`s with the likely remedy. */

import { SshError } from '../../../errors.ts';

/** What ssh2 adds to its errors. */
interface Ssh2Error extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

export interface LoginTrace {
  /** Methods the server said it takes; empty when it did not come to that. */
  readonly serverMethods: readonly string[];
  /** What was offered, for people: key files, `a key of the agent`, `a password`. */
  readonly offered: readonly string[];
  /** Why other keys were not. */
  readonly skipped: readonly string[];
  /** A key that was named and could not be used. */
  readonly unusedKey: unknown;
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ECONNRESET',
  'EPIPE',
]);

/** Explains an error of dialling or logging in. Errors of our own pass as they are. */
export function explainLogin(error: unknown, hop: string, trace: LoginTrace): SshError {
  if (error instanceof SshError) return error;
  const { level, code, message } = error as Ssh2Error;
  if (level === 'client-authentication' || /too many authentication failures/i.test(message)) {
    return trace.unusedKey instanceof SshError ? trace.unusedKey : authRefused(hop, trace, error);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') return hostUnknown(hop, error);
  if (code === 'ETIMEDOUT' || level === 'client-timeout') return loginTimeout(hop, error);
  if (typeof code === 'string' && unreachableCodes.has(code)) return unreachable(hop, code, error);
  if (/before handshake|ended|closed/i.test(message)) {
    return new SshError('SSH_CLOSED', `${hop} closed the connection before the login was complete`, {
      hop,
      remedy:
        'Check the log of its sshd: it may refuse this address or have too many logins in progress, or the port may not be an SSH server.',
      cause: error,
    });
  }
  return new SshError('SSH_PROTOCOL', `the SSH protocol exchange with ${hop} failed: ${message}`, {
    hop,
    remedy:
      'Check that an SSH server listens on that port; a server that accepts only post-quantum key exchanges needs the system’s ssh.',
    cause: error,
  });
}

export function loginTimeout(hop: string, cause?: unknown): SshError {
  return new SshError('SSH_TIMEOUT', `${hop} did not answer in time`, {
    hop,
    remedy:
      'A firewall may drop the packets, or the host may be down; check whether it has to be reached through a bastion.',
    cause,
  });
}

function hostUnknown(hop: string, cause: unknown): SshError {
  return new SshError('SSH_HOST_UNKNOWN', `the host name of ${hop} does not resolve`, {
    hop,
    remedy: 'Correct it, or define it as an alias with HostName in ~/.ssh/config.',
    cause,
  });
}

function unreachable(hop: string, code: string, cause: unknown): SshError {
  const what =
    code === 'ECONNREFUSED' ? 'nothing listens there' : code === 'ECONNRESET' ? 'it hung up' : 'no route';
  return new SshError('SSH_UNREACHABLE', `${hop} cannot be reached: ${what}`, {
    hop,
    remedy:
      'Check host and port, that sshd is running there, and whether it has to be reached through a bastion.',
    cause,
  });
}

function authRefused(hop: string, trace: LoginTrace, cause: unknown): SshError {
  const { serverMethods, offered, skipped } = trace;
  const tried =
    offered.length === 0 ? 'there was nothing to offer it' : `it was offered ${offered.join(', ')}`;
  const takes = serverMethods.length === 0 ? '' : `; it takes ${serverMethods.join(', ')}`;
  const not = skipped.length === 0 ? '' : `; not offered: ${skipped.join('; ')}`;
  const isTooMuch = /too many/i.test((cause as Error).message);
  return new SshError('SSH_AUTH_REFUSED', `${hop} refused the login: ${tried}${takes}${not}`, {
    hop,
    remedy: isTooMuch
      ? 'Too many keys were offered: select the right one with IdentityFile and IdentitiesOnly yes.'
      : 'Check the user name, name the key (identityFiles), and see that its public half is in ~/.ssh/authorized_keys there.',
    cause,
  });
}

/** A hop further on is dialled through the one before it, whose sshd refuses. */
export function explainHopOpen(error: unknown, hop: string): unknown {
  if (!(error instanceof SshError) || error.code !== 'SSH_FORWARD_REFUSED') return error;
  return new SshError('SSH_UNREACHABLE', `${hop} cannot be reached from the hop before it`, {
    hop,
    remedy: 'Check host and port as that machine sees them, and that sshd is running there.',
    cause: error,
  });
}

/** Reasons of SSH_MSG_CHANNEL_OPEN_FAILURE, RFC 4254 section 5.1. */
const reasons = { prohibited: 1, unknownType: 3, shortage: 4 } as const;

/**
 * Why a channel to `address` could not be opened. Servers that forbid an address say 1, those that know no forwarding at
 * all say 3; whoever tried and failed says 2.
 */
export function explainOpen(error: unknown, hop: string, address: string): SshError {
  if (error instanceof SshError) return error;
  const { reason, message } = error as { reason?: unknown; message?: string };
  const why = /refused|unreachable|timed out|not known|no address|resol/i.exec(message ?? '')?.[0];
  if (reason === reasons.prohibited || reason === reasons.unknownType) {
    return new SshError('SSH_FORWARD_FORBIDDEN', `${hop} does not allow forwarding to ${address}`, {
      hop,
      remedy:
        'Set AllowTcpForwarding yes in its sshd_config, and include this address in PermitOpen if it is used.',
      cause: error,
    });
  }
  const text = `${hop} gets no connection to ${address}${reason === reasons.shortage ? ': it has too many open' : ''}`;
  return new SshError('SSH_FORWARD_REFUSED', text, {
    hop,
    remedy:
      why !== undefined && /known|address|resol/i.test(why)
        ? 'That machine cannot resolve the host name: check the name from there.'
        : 'Check that the program is running there and listens on that address and port.',
    cause: error,
  });
}

export function connectionClosed(hop: string, cause?: unknown): SshError {
  return new SshError('SSH_CLOSED', `the connection to ${hop} is closed`, {
    hop,
    remedy: 'Connect again; a tunnel does so by itself.',
    cause,
  });
}

export function execRefused(hop: string, cause: unknown): SshError {
  return new SshError('SSH_EXEC_REFUSED', `${hop} does not run commands for this user`, {
    hop,
    remedy: 'The account may be limited by ForceCommand, `restrict` in authorized_keys, or MaxSessions.',
    cause,
  });
}
