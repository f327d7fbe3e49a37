/**
 * What each thing that was seen means: one sentence, the evidence, and what to do. Pure: errors and observations in,
 * faults out.
 */

import { ConnectionError, ConvoyError, EpmdError, HandshakeError } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import type { Fault, FaultCode } from './diagnosis.ts';

type Meaning = Omit<Fault, 'evidence'>;

/** A fault, with the error it was seen by as evidence. */
export function makeFault(meaning: Meaning, ...evidence: readonly string[]): Fault {
  return { ...meaning, evidence: evidence.filter((line) => line !== '') };
}

/** What an error of reaching `node` means. Errors with a remedy of their own keep it. */
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
      remedy: 'Please report it with this output.',
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

/** The value that was refused, where there is one. */
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
    sentence: `${node} has another cookie than the one that was used here`,
    remedy:
      'Use its cookie: it is in ~/.erlang.cookie of the user that runs the node, -setcookie, or RELEASE_COOKIE.',
  }),
  HANDSHAKE_NOT_ALLOWED: (_error, node) => ({
    code: 'NOT_ALLOWED',
    sentence: `${node} lets only certain nodes in, and this one is not among them`,
    remedy: 'Add the name to `net_kernel:allow/1` there, or connect from a node that is allowed.',
  }),
  HANDSHAKE_MISSING_FLAGS: (_error, node) => ({
    code: 'MISSING_FLAGS',
    sentence: `${node} and this node do not speak the same distribution protocol`,
    remedy:
      'Both sides need OTP 23 or later, 25 or later where one of them is newer than 25: upgrade the older one.',
  }),
  HANDSHAKE_NAME_TAKEN: (_error, node) => ({
    code: 'NAME_TAKEN',
    sentence: `${node} is connected already to a node with the name that was used here`,
    remedy: 'Stop the other node of that name, or use another name.',
  }),
  HANDSHAKE_ALREADY_CONNECTED: (_error, node) => ({
    code: 'NAME_TAKEN',
    sentence: `${node} is connected already to a node with the name that was used here`,
    remedy: 'Stop the other node of that name, or use another name.',
  }),
  HANDSHAKE_WRONG_NAME: (error, node) => wrongNode(error.found, node),
  HANDSHAKE_TIMEOUT: (_error, node) => ({
    code: 'NODE_SILENT',
    sentence: `something accepts connections where ${node} should be, but does not answer`,
    remedy: 'The node may be suspended or overloaded: look at it on its host, or restart it.',
  }),
};

function wrongNode(found: string | undefined, node: string): Meaning {
  if (found !== undefined && splitNodeName(found).name === splitNodeName(node).name) {
    return {
      code: 'NAME_FORM',
      sentence: `the node there calls itself ${found}, not ${node}: the host part differs`,
      remedy: `Use its own name, ${found}: Erlang compares names as text.`,
    };
  }
  return {
    code: 'WRONG_NODE',
    sentence: `at the port of ${node} there is another node, ${found ?? 'of another name'}`,
    remedy:
      'The port was given to another node: EPMD has an old entry, or a tunnel or a port number leads to the wrong place.',
  };
}

function handshakeFault(error: HandshakeError, node: string): Fault {
  const meaning = handshakeMeanings[error.code]?.(error, node) ?? {
    code: 'NOT_A_NODE' as const,
    sentence: `what listens at the port of ${node} is no Erlang node`,
    remedy:
      'See which program has the port on that host (`ss -ltnp`); EPMD or the port number may be out of date.',
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
        'A firewall drops port 4369: open it, or use a fixed distribution port without EPMD, or a tunnel.',
    },
    EPMD_UNREACHABLE: {
      code: 'EPMD_DOWN',
      sentence: `no EPMD runs at ${host}`,
      remedy: `Start ${splitNodeName(node).name} there: a node starts EPMD by itself; or \`epmd -daemon\`. Is it on another port, set ERL_EPMD_PORT.`,
    },
  };
  const meaning = meanings[error.code] ?? {
    code: 'EPMD_DOWN' as const,
    sentence: `what answers at ${host} is no EPMD`,
    remedy: 'Another program has the port: see `ss -ltnp` there, or set ERL_EPMD_PORT.',
  };
  return makeFault(meaning, error.message, ...causes(error.cause).map(({ message }) => message));
}

function connectionFault(error: ConnectionError, node: string): Fault {
  if (error.code.startsWith('CONNECTION_TLS_')) return tlsFault(error);
  const meanings: Readonly<Record<string, Meaning>> = {
    CONNECTION_NAME_FORM: {
      code: 'NAME_FORM',
      sentence: `${node} cannot be a name of a node that is reached from here`,
      remedy: 'Node names are name@host; long names go with long names, short ones with short ones.',
    },
    CONNECTION_WRONG_OWNER: {
      code: 'CONNECTION_WRONG_OWNER',
      sentence: `the port of ${node} belongs to another user of this machine, so it is not dialled`,
      remedy:
        error.remedy ?? 'Find out what listens there (`ss -ltnp`), and allow its user if that is the node.',
      ...valueOf(error),
    },
    CONNECTION_NAME_UNKNOWN: {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `nobody knows a node ${node}`,
      remedy: 'It is down, or has another name: compare it with those that the EPMD of its host knows.',
    },
    CONNECTION_HOST_UNKNOWN: {
      code: 'DNS_NO_SUCH_HOST',
      sentence: `the host of ${node} does not resolve`,
      remedy: 'Correct the part after the @, or add it to DNS or /etc/hosts.',
    },
    CONNECTION_REFUSED: {
      code: 'PORT_CLOSED',
      sentence: `nothing listens at the port of ${node}`,
      remedy: 'Start the node; if it runs, its port has changed or a firewall refuses it.',
    },
    CONNECTION_TIMEOUT: {
      code: 'PORT_SILENT',
      sentence: `packets to the port of ${node} get no answer`,
      remedy:
        'A firewall drops them: open the distribution port (`inet_dist_listen_min`/`max` fix it), or use a tunnel.',
    },
    CONNECTION_UNREACHABLE: {
      code: 'NO_ROUTE',
      sentence: `there is no route to the host of ${node}`,
      remedy: 'Check the network and the address family (IPv4 or IPv6), or reach it through a tunnel.',
    },
  };
  const meaning = meanings[error.code] ?? {
    code: 'NOT_A_NODE' as const,
    sentence: `the connection to ${node} ended before the nodes had greeted each other`,
    remedy:
      'See which program has the port on that host; a proxy or a tunnel without a far end does this too.',
  };
  return makeFault(meaning, error.message);
}

/** TLS has its own codes, whose messages say all of it. */
function tlsFault({ code, message, remedy }: ConnectionError): Fault {
  const [sentence = message, ...rest] = message.split(/: (?=[^:]*$)/);
  return makeFault({ code, sentence, remedy: remedy ?? 'Compare the TLS options of both nodes.' }, ...rest);
}
