/**
 * What an EPMD daemon answers: a request and who sent it in, a reply and what becomes of connections out. Pure but for
 * the name table it is given. Quirks that programs have come to know are kept on purpose.
 */
import {
  encodeDumpReply,
  encodeLookupReply,
  encodeNamesReply,
  encodeRegisterReply,
  type EpmdRequest,
} from './messages.ts';
import type { NameTable } from './name-table.ts';

export interface DaemonState {
  readonly table: NameTable;
  readonly epmdPort: number;
  readonly relaxedCommandCheck: boolean;
}

/** The connection a request came by. */
export interface Asker {
  /** Number of the connection: the owner of what it registers. */
  readonly number: number;
  /** Whether the other end is on this machine. */
  readonly isLocal: boolean;
}

/** Without anything in it: the connection is closed silently. */
export interface Answer {
  readonly reply?: Uint8Array;
  /** The connection stays open, since it holds a name now (`holds`), or since EPMD leaves it to the client (`open`). */
  readonly keep?: 'holds' | 'open';
  /** Another connection that is to be closed: its name was taken away. */
  readonly closes?: number;
  /** The daemon ends. */
  readonly ends?: true;
}

const silence: Answer = {};
const ascii = new TextEncoder();

export function answerRequest(request: EpmdRequest, asker: Asker, state: DaemonState): Answer {
  const { table, epmdPort } = state;
  switch (request.kind) {
    case 'lookup':
      return { reply: encodeLookupReply(table.find(request.name)) };
    case 'names':
      return { reply: encodeNamesReply(epmdPort, table.active()) };
    case 'register':
      return asker.isLocal ? answerRegister(request, asker, table) : silence;
    case 'dump': {
      const dump = { active: table.active(), unused: table.unused() };
      return asker.isLocal ? { reply: encodeDumpReply(epmdPort, dump) } : silence;
    }
    case 'kill':
      return asker.isLocal ? answerKill(state) : silence;
    case 'stop':
      return asker.isLocal && state.relaxedCommandCheck ? answerStop(request.name, table) : silence;
  }
}

function answerRegister(
  { entry, isAcceptable }: Extract<EpmdRequest, { kind: 'register' }>,
  asker: Asker,
  table: NameTable,
): Answer {
  const creation = isAcceptable ? table.register(entry, asker.number) : undefined;
  const accepted = creation !== undefined;
  const reply = encodeRegisterReply({ accepted, creation: creation ?? 0 }, entry.highestVersion);
  return { reply, keep: accepted ? 'holds' : 'open' };
}

function answerKill({ table, relaxedCommandCheck }: DaemonState): Answer {
  if (table.size > 0 && !relaxedCommandCheck) return { reply: ascii.encode('NO') };
  return { reply: ascii.encode('OK'), ends: true };
}

/** For a name nobody holds Erlang's daemon writes both of its answers; clients read the first seven bytes. */
function answerStop(name: string, table: NameTable): Answer {
  const owner = table.releaseName(name);
  if (owner === undefined) return { reply: ascii.encode('NOEXISTSTOPPED') };
  return { reply: ascii.encode('STOPPED'), closes: owner };
}
