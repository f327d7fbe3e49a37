/** Turns failures to dial a hop or to log in into `SshError`s with the likely remedy. */

import { formatHostPort } from '@convoy/node/names';
import { SshError } from '../../../errors.ts';

/** The properties that ssh2 adds to its errors. */
interface Ssh2Error extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

export interface LoginTrace {
  /** Methods that the server accepts; empty if it has not listed any. */
  readonly serverMethods: readonly string[];
  /** What was offered, for messages: key files, `an agent key`, `a password`. */
  readonly offered: readonly string[];
  /** Why other keys were not offered. */
  readonly skipped: readonly string[];
  /** The error of a key that was selected and could not be used. */
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

/** Explains an error of dialling or logging in. An `SshError` is returned unchanged. */
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
    remedy: 'A firewall may drop the packets, or the host may be down; check whether you need a bastion.',
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
    code === 'ECONNREFUSED'
      ? 'nothing listens on that port'
      : code === 'ECONNRESET'
        ? 'it reset the connection'
        : 'no route';
  return new SshError('SSH_UNREACHABLE', `${hop} cannot be reached: ${what}`, {
    hop,
    remedy: 'Check the host and port, whether sshd is running on the host, and whether you need a bastion.',
    cause,
  });
}

function authRefused(hop: string, trace: LoginTrace, cause: unknown): SshError {
  const { serverMethods, offered, skipped } = trace;
  const tried =
    offered.length === 0 ? 'there was no key or password to offer' : `it was offered ${offered.join(', ')}`;
  const accepted = serverMethods.length === 0 ? '' : `; it accepts ${serverMethods.join(', ')}`;
  const omitted = skipped.length === 0 ? '' : `; not offered: ${skipped.join('; ')}`;
  const hasTooManyKeys = /too many/i.test((cause as Error).message);
  return new SshError('SSH_AUTH_REFUSED', `${hop} refused the login: ${tried}${accepted}${omitted}`, {
    hop,
    remedy: hasTooManyKeys
      ? 'Too many keys were offered: select the right one with IdentityFile and IdentitiesOnly yes.'
      : 'Check the user name, select the key with identityFiles, and check that its public half is in ~/.ssh/authorized_keys on the host.',
    cause,
  });
}

/** Explains why a hop cannot be reached through the one before it, whose sshd refused the address. */
export function explainHopOpen(error: unknown, hop: string): unknown {
  if (!(error instanceof SshError) || error.code !== 'SSH_FORWARD_REFUSED') return error;
  return new SshError('SSH_UNREACHABLE', `${hop} cannot be reached from the hop before it`, {
    hop,
    remedy: 'Check the host and port as seen from the hop before it, and whether sshd is running.',
    cause: error,
  });
}

/** Reasons of SSH_MSG_CHANNEL_OPEN_FAILURE, RFC 4254 section 5.1. */
const reasons = { prohibited: 1, unknownType: 3, shortage: 4 } as const;

/**
 * Explains why a channel to a place could not be opened. Servers that forbid the address send reason 1, servers without any
 * forwarding send 3, and servers that tried and failed send 2.
 */
export function explainOpen(
  error: unknown,
  hop: string,
  place: { readonly host: string; readonly port: number },
): SshError {
  if (error instanceof SshError) return error;
  const address = formatHostPort(place);
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
  const text = `${hop} cannot connect to ${address}${reason === reasons.shortage ? ': it has too many open channels' : ''}`;
  return new SshError('SSH_FORWARD_REFUSED', text, {
    hop,
    remedy:
      why !== undefined && /known|address|resol/i.test(why)
        ? `${hop} cannot resolve the host name: check the name on that machine.`
        : 'Check that the program is running and listens on that address and port.',
    cause: error,
  });
}

export function connectionClosed(hop: string, cause?: unknown): SshError {
  return new SshError('SSH_CLOSED', `the connection to ${hop} is closed`, {
    hop,
    remedy: 'Connect again; a tunnel reconnects automatically.',
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
