/** Reads the ports and sockets of a node. Pure. */

import { atomName, Port, type Term } from '@convoy/node/etf';
import {
  countOf,
  elementsOf,
  functionOf,
  given,
  listOf,
  nameOf,
  partyOf,
  pidTextOf,
  textOf,
} from '../read/read-term.ts';

/** One end of a connection. */
export interface PortAddress {
  /** An IP address, or the path of a Unix socket. */
  readonly host: string;
  /** Missing for a Unix socket. */
  readonly port?: number;
}

/** A port, or a socket of the module `socket`, which is none. */
export interface PortRow {
  readonly kind: 'port' | 'socket';
  /** As its node prints it: `#Port<0.5>`, `#Socket<0.1.2.3>`. */
  readonly id: string;
  /** What it is: `tcp_inet`, `udp_inet`, the command of a program; `inet stream tcp` of a socket. */
  readonly name: string;
  /** The process that has it: `<0.85.0>`. */
  readonly owner?: string;
  /** Registered name of that process. */
  readonly ownerName?: string;
  readonly ownerCall?: string;
  readonly local?: PortAddress;
  readonly remote?: PortAddress;
  /** Received or read since it was opened. */
  readonly inputBytes?: number;
  readonly outputBytes?: number;
  /** Waiting to be sent. A socket does not tell. */
  readonly queueBytes?: number;
  /** Of a program that was started by the node. */
  readonly osPid?: number;
}

/** The top ports and sockets of a node. */
export interface PortList {
  /** All ports and sockets of the node. */
  readonly total: number;
  /** Those that were looked at. */
  readonly seen: number;
  /** Those of them that pass the filter. */
  readonly matching: number;
  readonly rows: readonly PortRow[];
}

/** Reads the answer to `portsBody`; `undefined` if it is not one. */
export function readPorts(
  answer: Term,
  { node, limit }: { readonly node: string; readonly limit: number },
): PortList | undefined {
  const [total, seen, matching, rows] = elementsOf(answer);
  const [all, looked, kept] = [countOf(total), countOf(seen), countOf(matching)];
  if (all === undefined || looked === undefined || kept === undefined) return undefined;
  const read = listOf(rows, limit).flatMap((row) => rowOf(row, node) ?? []);
  return { total: all, seen: looked, matching: kept, rows: read };
}

function rowOf(row: Term, node: string): PortRow | undefined {
  const [kind, handle, name, owner, ownerName, ownerCall, local, remote, numbers, osPid] = elementsOf(row);
  if (kind === undefined || handle === undefined) return undefined;
  const kindName = atomName(kind);
  if (kindName !== 'socket' && (kindName !== 'port' || !(handle instanceof Port))) return undefined;
  const [input, output, queue] = elementsOf(numbers);
  return {
    kind: kindName,
    id: kindName === 'socket' ? (textOf(handle, 255) ?? '') : partyOf(handle, node),
    name: name === undefined ? '' : (textOf(name, 200) ?? ''),
    ...given({
      owner: pidTextOf(owner, node),
      ownerName: nameOf(ownerName),
      ownerCall: functionOf(ownerCall),
      local: addressOf(local),
      remote: addressOf(remote),
      inputBytes: countOf(input),
      outputBytes: countOf(output),
      queueBytes: countOf(queue),
      osPid: countOf(osPid),
    }),
  };
}

function addressOf(term: Term): PortAddress | undefined {
  const [host, port] = elementsOf(term);
  const text = host === undefined ? undefined : textOf(host, 255);
  return text === undefined ? undefined : { host: text, ...given({ port: countOf(port) }) };
}
