/**
 * Turns errors and observations into faults: one sentence, the evidence, and what to do. Pure.
 */

import { ConnectionError, ConvoyError, EpmdError, HandshakeError } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import type { Fault, FaultCode } from './diagnosis.ts';

type Meaning = Omit<Fault, 'evidence'>;

/** A fault with its evidence; empty lines are dropped. */
export function makeFault(meaning: Meaning, ...evidence: readonly string[]): Fault {
  return { ...meaning, evidence: evidence.filter((line) => line !== '') };
}

/** The fault behind an error that occurred while reaching `node`. Errors with their own remedy keep it. */
export function faultOf(error: unknown, node: string): Fault {
  if (error instanceof HandshakeError) return handshakeFault(error, node);
  if (error instanceof EpmdError) return epmdFault(error, node);
  if (error instanceof ConnectionError) return connectionFault(error, node);
  if (error instanceof ConvoyError) return ownFault(error);
  const message = error instanceof Error ? error.message : String(error);
  return makeFault(
    {
      code: 'UNEXPLAINED',
      sentence: `${node} cannot be reached, and it is not clear why`,
      remedy: 'Report this as a bug and include this output.',
    },
    message,
  );
}

function ownFault(error: ConvoyError): Fault {
  const remedy = error.remedy ?? 'See docs/errors.md.';
  return makeFault(
    { code: error.code as FaultCode, sentence: error.message, remedy, ...valueOf(error) },
    ...causes(error.cause).map(({ message }) => message),
  );
}

/** The refused value, if the error has one. */
function valueOf({ value }: ConvoyError): { readonly value?: string } {
  return typeof value === 'string' ? { value } : {};
}

function causes(cause: unknown): readonly Error[] {
  return cause instanceof Error ? [cause, ...causes(cause.cause)].slice(0, 3) : [];
}

/** By the code of a handshake error. */
const handshakeMeanings: Readonly<Record<string, (error: HandshakeError, node: string) => Meaning>> = {
  HANDSHAKE_COOKIE_MISMATCH: (_error, node) => ({
    code: 'COOKIE',
    sentence: `${node} has a different cookie than the one used here`,
    remedy:
      'Use the cookie of the node: see ~/.erlang.cookie of the user who runs it, -setcookie, or RELEASE_COOKIE.',
  }),
  HANDSHAKE_NOT_ALLOWED: (_error, node) => ({
    code: 'NOT_ALLOWED',
    sentence: `${node} accepts only certain nodes, and this one is not among them`,
    remedy: 'Add the name with `net_kernel:allow/1` there, or connect from an allowed node.',
  }),
  HANDSHAKE_MISSING_FLAGS: (_error, node) => ({
    code: 'MISSING_FLAGS',
    sentence: `${node} and this node have no version of the distribution protocol in common`,
    remedy:
      'Upgrade the older one: both sides need OTP 23 or later, and OTP 25 or later if either is newer than 25.',
  }),
  HANDSHAKE_NAME_TAKEN: (_error, node) => ({
    code: 'NAME_TAKEN',
    sentence: `${node} is already connected to a node with the name used here`,
    remedy: 'Stop the other node with that name, or use another name.',
  }),
  HANDSHAKE_ALREADY_CONNECTED: (_error, node) => ({
    code: 'NAME_TAKEN',
    sentence: `${node} is already connected to a node with the name used here`,
    remedy: 'Stop the other node with that name, or use another name.',
  }),
  HANDSHAKE_WRONG_NAME: (error, node) => wrongNode(error.found, node),
  HANDSHAKE_TIMEOUT: (_error, node) => ({
    code: 'NODE_SILENT',
    sentence: `something accepts connections where ${node} should be, but does not answer`,
    remedy: 'The node may be suspended or overloaded: check it on its host, or restart it.',
  }),
};

function wrongNode(found: string | undefined, node: string): Meaning {
  if (found !== undefined && splitNodeName(found).name === splitNodeName(node).name) {
    return {
      code: 'NAME_FORM',
      sentence: `the node there is named ${found}, not ${node}: the host part differs`,
      remedy: `Use its own name, ${found}: Erlang compares node names as text.`,
      value: found,
    };
  }
  return {
    code: 'WRONG_NODE',
    sentence: `another node listens on the port of ${node}: ${found ?? 'its name is unknown'}`,
    remedy: 'Correct the port number or the tunnel, or restart the node if the EPMD entry is outdated.',
  };
}

function handshakeFault(error: HandshakeError, node: string): Fault {
  const meaning = handshakeMeanings[error.code]?.(error, node) ?? {
    code: 'NOT_A_NODE' as const,
    sentence: `the program that listens on the port of ${node} is not an Erlang node`,
    remedy:
      'Check which program uses the port on that host (`ss -ltnp`); the EPMD entry or the port number may be outdated.',
  };
  return makeFault(meaning, error.message);
}

function epmdFault(error: EpmdError, node: string): Fault {
  const host = error.address;
  const meanings: Readonly<Record<string, Meaning>> = {
    EPMD_TIMEOUT: {
      code: 'EPMD_SILENT',
      sentence: `EPMD at ${host} does not answer`,
      remedy:
        'A firewall probably drops port 4369: open it, or use a fixed distribution port without EPMD, or a tunnel.',
    },
    EPMD_UNREACHABLE: {
      code: 'EPMD_DOWN',
      sentence: `EPMD is not running at ${host}`,
      remedy: `Start ${splitNodeName(node).name} there (a node starts EPMD itself), or run \`epmd -daemon\`. If EPMD uses another port, set ERL_EPMD_PORT.`,
    },
  };
  const meaning = meanings[error.code] ?? {
    code: 'EPMD_DOWN' as const,
    sentence: `the program that answers at ${host} is not EPMD`,
    remedy: 'Another program uses the port: check `ss -ltnp` there, or set ERL_EPMD_PORT.',
  };
  return makeFault(meaning, error.message, ...causes(error.cause).map(({ message }) => message));
}

function connectionFault(error: ConnectionError, node: string): Fault {
  if (error.code.startsWith('CONNECTION_TLS_')) return tlsFault(error);
  const meanings: Readonly<Record<string, Meaning>> = {
    CONNECTION_NAME_FORM: {
      code: 'NAME_FORM',
      sentence: `${node} is not a node name that can be reached from here`,
      remedy:
        'Node names have the form name@host; use long names with long names and short names with short names.',
    },
    CONNECTION_WRONG_OWNER: {
      code: 'CONNECTION_WRONG_OWNER',
      sentence: `the port of ${node} belongs to another user of this machine, so it was not dialled`,
      remedy:
        error.remedy ??
        'Check which program listens there (`ss -ltnp`), and accept its user if it is the node.',
      ...valueOf(error),
    },
    CONNECTION_NAME_UNKNOWN: {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `no resolver knows the node ${node}`,
      remedy: 'It is down or has another name: compare it with the names in the EPMD of its host.',
    },
    CONNECTION_HOST_UNKNOWN: {
      code: 'DNS_NO_SUCH_HOST',
      sentence: `the host of ${node} does not resolve`,
      remedy: 'Correct the part after the @, or add it to DNS or /etc/hosts.',
    },
    CONNECTION_REFUSED: {
      code: 'PORT_CLOSED',
      sentence: `nothing listens on the port of ${node}`,
      remedy: 'Start the node; if it is running, its port has changed or a firewall rejects the connection.',
    },
    CONNECTION_TIMEOUT: {
      code: 'PORT_SILENT',
      sentence: `packets to the port of ${node} get no answer`,
      remedy:
        'A firewall drops them: open the distribution port (`inet_dist_listen_min`/`max` set a fixed one), or use a tunnel.',
    },
    CONNECTION_UNREACHABLE: {
      code: 'NO_ROUTE',
      sentence: `there is no route to the host of ${node}`,
      remedy: 'Check the network and the address family (IPv4 or IPv6), or reach it through a tunnel.',
    },
  };
  const meaning = meanings[error.code] ?? {
    code: 'NOT_A_NODE' as const,
    sentence: `the connection to ${node} closed before the handshake was complete`,
    remedy:
      'Check which program uses the port on that host; a proxy, or a tunnel whose far end is down, has the same effect.',
  };
  return makeFault(meaning, error.message);
}

/** TLS errors have their own codes and complete messages. */
function tlsFault({ code, message, remedy }: ConnectionError): Fault {
  const [sentence = message, ...rest] = message.split(/: (?=[^:]*$)/);
  return makeFault({ code, sentence, remedy: remedy ?? 'Compare the TLS options of both nodes.' }, ...rest);
}
