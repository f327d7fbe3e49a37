/** Probes from this machine whether the port of a node accepts connections, at every address of its host. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { anySignal } from '@convoy/node/async';
import { formatHostPort } from '@convoy/node/names';
import { type Fault, FaultFound } from './diagnosis.ts';
import { type AddressAnswer, askEveryAddress, describeSilent } from './every-address.ts';
import { makeFault } from './faults.ts';

export interface PortSearch {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly node: string;
  /** Whether the port came from EPMD. */
  readonly isRegistered: boolean;
}

/** An address at which the port is open. */
export interface OpenPort {
  readonly address: string;
  /** Our own address towards that host. */
  readonly localAddress: string | undefined;
}

export interface PortAnswer {
  /** In the order of the addresses. */
  readonly open: readonly [OpenPort, ...OpenPort[]];
  /** The result, in one line. */
  readonly detail: string;
}

/** Finds the addresses at which the port accepts connections. Throws `FaultFound` when there is none. */
export async function tryPort(
  search: PortSearch,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<PortAnswer> {
  const { addresses, port } = search;
  const dial = (address: string, attempt: AbortSignal): Promise<OpenPort> =>
    dialPort({ address, port }, anySignal(attempt, AbortSignal.timeout(timeoutMs)));
  const answers = await askEveryAddress(addresses, dial, signal);
  const [first, ...others] = answers.flatMap((answer) => ('value' in answer ? [answer.value] : []));
  if (first === undefined) throw new FaultFound(portFault(answers, search));
  const detail = `${first.address} port ${port}${describeSilent(answers)}`;
  return { open: [first, ...others], detail };
}

async function dialPort(
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<OpenPort> {
  const socket = connect({ host: address, port });
  try {
    await once(socket, 'connect', { signal });
    return { address, localAddress: socket.localAddress };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** By the address that tells most: that a network is not there says little about the node. */
function portFault(answers: readonly AddressAnswer<OpenPort>[], search: PortSearch): Fault {
  const failed = answers.map((answer) => ({
    address: answer.address,
    code: 'error' in answer ? codeOf(answer.error) : '',
  }));
  const told =
    failed.find(({ code }) => code === 'ECONNREFUSED') ??
    failed.find(({ code }) => code === 'ETIMEDOUT') ??
    failed[0];
  const evidence = failed.map(
    ({ address, code }) => `dialling ${formatHostPort({ host: address, port: search.port })}: ${code}`,
  );
  return makeFault(meaningOf(told?.code, told?.address ?? '', search), ...evidence);
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'ETIMEDOUT';
  return code ?? 'UNKNOWN';
}

function meaningOf(
  code: string | undefined,
  address: string,
  { node, port, isRegistered }: PortSearch,
): Omit<Fault, 'evidence'> {
  if (code === 'ECONNREFUSED' && isRegistered) {
    return {
      code: 'EPMD_STALE',
      sentence: `EPMD has port ${port} for ${node}, but nothing listens there`,
      remedy:
        'The node crashed without unregistering, or listens on another address (inet_dist_use_interface): restart it.',
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      code: 'PORT_CLOSED',
      sentence: `nothing listens on port ${port}, where ${node} should be`,
      remedy: 'Start the node, or correct the port (see -erl_epmd_port or inet_dist_listen_min on the node).',
    };
  }
  if (code === 'ETIMEDOUT') {
    return {
      code: 'PORT_SILENT',
      sentence: `packets to port ${port} of ${address} get no answer`,
      remedy: `A firewall drops them: open port ${port} (inet_dist_listen_min and _max set a fixed port), or use a tunnel.`,
    };
  }
  return {
    code: 'NO_ROUTE',
    sentence: `there is no route from this machine to ${address}`,
    remedy: 'Check the routes and the address family, or use a tunnel.',
  };
}
