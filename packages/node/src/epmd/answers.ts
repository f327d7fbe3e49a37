/**
 * The answers of an EPMD daemon: from a request and its sender to a reply and what happens to connections. Pure except for
 * the registration table it changes. Quirks that programs rely on are kept on purpose.
 */

import {
  encodeDumpReply,
  encodeLookupReply,
  encodeNamesReply,
  encodeRegisterReply,
  type EpmdRequest,
} from './messages.ts';
import type { RegistrationTable } from './registration-table.ts';

export interface DaemonState {
  readonly table: RegistrationTable;
  readonly epmdPort: number;
  readonly relaxedCommandCheck: boolean;
}

/** The connection that a request came from. */
export interface Requester {
  /** The number of the connection, which owns the names it registers. */
  readonly number: number;
  /** Whether the other end is on this machine. */
  readonly isLocal: boolean;
}

/** The answer to a request. An empty one closes the connection without a reply. */
export interface Answer {
  readonly reply?: Uint8Array;
  /** Keeps the connection open: it holds a name now (`holds`), or EPMD leaves closing it to the client (`open`). */
  readonly keep?: 'holds' | 'open';
  /** Another connection to close, because its name was removed. */
  readonly closes?: number;
  /** Ends the daemon. */
  readonly ends?: true;
}

const silence: Answer = {};
const ascii = new TextEncoder();

/** Answers a request. */
export function answerRequest(request: EpmdRequest, requester: Requester, state: DaemonState): Answer {
  const { table, epmdPort } = state;
  switch (request.kind) {
    case 'lookup':
      return { reply: encodeLookupReply(table.find(request.name)) };
    case 'names':
      return { reply: encodeNamesReply(epmdPort, table.active()) };
    case 'register':
      return requester.isLocal ? answerRegister(request, requester, table) : silence;
    case 'dump': {
      const dump = { active: table.active(), unused: table.unused() };
      return requester.isLocal ? { reply: encodeDumpReply(epmdPort, dump) } : silence;
    }
    case 'kill':
      return requester.isLocal ? answerKill(state) : silence;
    case 'stop':
      return requester.isLocal && state.relaxedCommandCheck ? answerStop(request.name, table) : silence;
  }
}

function answerRegister(
  { entry, isAcceptable }: Extract<EpmdRequest, { kind: 'register' }>,
  requester: Requester,
  table: RegistrationTable,
): Answer {
  const creation = isAcceptable ? table.register(entry, requester.number) : undefined;
  const accepted = creation !== undefined;
  const reply = encodeRegisterReply({ accepted, creation: creation ?? 0 }, entry.highestVersion);
  return { reply, keep: accepted ? 'holds' : 'open' };
}

function answerKill({ table, relaxedCommandCheck }: DaemonState): Answer {
  if (table.size > 0 && !relaxedCommandCheck) return { reply: ascii.encode('NO') };
  return { reply: ascii.encode('OK'), ends: true };
}

/** For a name that is not registered, Erlang's daemon writes both of its answers; clients read the first seven bytes. */
function answerStop(name: string, table: RegistrationTable): Answer {
  const owner = table.releaseName(name);
  if (owner === undefined) return { reply: ascii.encode('NOEXISTSTOPPED') };
  return { reply: ascii.encode('STOPPED'), closes: owner };
}
