/** Converts system errors of dialling (ECONNREFUSED, ENOTFOUND, ...) to `ConnectionError`s with the likely remedy. */

import { ConnectionError, type ConnectionErrorCode, ConvoyError } from '../errors.ts';
import { formatHostPort } from '../names.ts';
import type { TransportAddress } from './transport.ts';

interface Explanation {
  readonly code: ConnectionErrorCode;
  readonly text: string;
  readonly remedy?: string | undefined;
}

const refused: Explanation = {
  code: 'CONNECTION_REFUSED',
  text: 'nothing is listening there: the node is down, its registered port is outdated, or a firewall rejects the connection',
  remedy: 'Start the node; if it runs, check which port it listens on.',
};
const hostUnknown: Explanation = {
  code: 'CONNECTION_HOST_UNKNOWN',
  text: 'the host part of the node name does not resolve here',
  remedy: 'Correct it, or add it to DNS or /etc/hosts.',
};
const unreachable: Explanation = {
  code: 'CONNECTION_UNREACHABLE',
  text: 'there is no route to it',
  remedy: 'Check the network, the address family (`proto`) and firewalls, or use a tunnel.',
};
const timedOut: Explanation = {
  code: 'CONNECTION_TIMEOUT',
  text: 'there was no answer: a firewall drops the packets, or the address belongs to another network',
  remedy: 'Open the port in the firewall, or use a tunnel.',
};
const reset: Explanation = {
  code: 'CONNECTION_CLOSED',
  text: 'the other side closed immediately, as a proxy or tunnel does when it cannot reach its target',
  remedy: 'Check that the node is up, and that the proxy or tunnel leads to it.',
};

const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: refused,
  ENOTFOUND: hostUnknown,
  EAI_AGAIN: {
    ...hostUnknown,
    text: 'the name server does not answer',
    remedy: 'Check DNS, or use an IP address as the host part.',
  },
  EAI_NODATA: hostUnknown,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  EAFNOSUPPORT: unreachable,
  EACCES: {
    ...unreachable,
    text: 'this machine forbids the connection',
    remedy: 'Check its firewall and the sandbox it runs in.',
  },
  EPERM: {
    ...unreachable,
    text: 'this machine forbids the connection',
    remedy: 'Check its firewall and the sandbox it runs in.',
  },
  ETIMEDOUT: timedOut,
  ECONNRESET: reset,
  EPIPE: reset,
};

/** A failed attempt to reach a node, and where it was made, if it came so far. */
export interface DialFailure {
  readonly error: unknown;
  readonly address?: TransportAddress | undefined;
}

/** Explains why `peer` could not be reached. Returns a `ConvoyError` unchanged. */
export function explainDialError(
  error: unknown,
  where: { readonly peer: string; readonly address?: TransportAddress | undefined },
): Error {
  return explainDialErrors([{ error, address: where.address }], where.peer);
}

/** Explains why `peer` could not be reached at any of several addresses, by the failure that says most. */
export function explainDialErrors(failures: readonly DialFailure[], peer: string): Error {
  const told = failures.toSorted((one, other) => rankOf(one) - rankOf(other))[0];
  const error = told?.error;
  if (error instanceof ConvoyError) return error;
  const code = codeOf(error);
  const known = explanations[code];
  const reason = code === '' ? messageOf(error) : code;
  const place = placesOf(failures, known === undefined ? '' : reason);
  const text = known?.text ?? messageOf(error);
  return new ConnectionError(
    known?.code ?? 'CONNECTION_UNREACHABLE',
    `cannot reach ${peer}${place}: ${text}`,
    {
      peer,
      remedy: (known ?? unreachable).remedy,
      cause: error,
    },
  );
}

/** Of several failures, the one with the lowest rank tells most: that a network is not there says little about the node. */
function rankOf({ error }: DialFailure): number {
  if (error instanceof ConvoyError) return 0;
  return explanations[codeOf(error)]?.code === 'CONNECTION_UNREACHABLE' ? 2 : 1;
}

function placesOf(failures: readonly DialFailure[], code: string): string {
  const shown = failures.map(({ error, address }) => {
    const own = failures.length === 1 ? code : codeOf(error) || messageOf(error);
    const at = address === undefined ? '' : ` at ${formatHostPort(address)}`;
    return own === '' ? at : `${at} (${own})`;
  });
  return shown.join(',');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
