/**
 * The control messages of the distribution protocol: one row each, from which the type, the encoder and the decoder
 * follow. Implements "Protocol between Connected Nodes" of the ERTS manual. What a message means is not known here.
 *
 * In the rows, fields stand in wire order after the operation number. `cookie` is the slot that once held a cookie: it
 * is written as '' and never looked at.
 */
import { DecodeError } from '../errors.ts';
import {
  Atom,
  type ByteReader,
  type ByteWriter,
  Pid,
  readTerm,
  Reference,
  type Term,
  Tuple,
  writeTerm,
} from '../etf/index.ts';
import { atomName } from '../etf/terms.ts';

/** The function a SPAWN_REQUEST names. */
export interface SpawnTarget {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
}

/** What each kind of field is in TypeScript. */
interface FieldTypes {
  readonly pid: Pid;
  /** An atom, by its name. */
  readonly name: string;
  readonly pidOrName: Pid | string;
  readonly reference: Reference;
  readonly pidNameOrAlias: Pid | string | Reference;
  /** 1..2^64-1. */
  readonly unlinkId: number | bigint;
  readonly bits: number;
  readonly spawnTarget: SpawnTarget;
  readonly term: Term;
  /** Written only when it is not `undefined`. */
  readonly optionalTerm: Term;
  readonly cookie: never;
}

interface Row {
  readonly op: number;
  readonly fields: Readonly<Record<string, keyof FieldTypes>>;
  /** What the second term of the frame is, when there is one. */
  readonly payload?: 'message' | 'reason' | 'arguments';
}

/** Every control message, by its name in the specification. */
export const controlRows = {
  LINK: { op: 1, fields: { from: 'pid', to: 'pid' } },
  SEND: { op: 2, fields: { cookie: 'cookie', to: 'pid' }, payload: 'message' },
  EXIT: { op: 3, fields: { from: 'pid', to: 'pid', reason: 'term' } },
  UNLINK: { op: 4, fields: { from: 'pid', to: 'pid' } },
  NODE_LINK: { op: 5, fields: {} },
  REG_SEND: { op: 6, fields: { from: 'pid', cookie: 'cookie', to: 'name' }, payload: 'message' },
  GROUP_LEADER: { op: 7, fields: { from: 'pid', to: 'pid' } },
  EXIT2: { op: 8, fields: { from: 'pid', to: 'pid', reason: 'term' } },
  SEND_TT: { op: 12, fields: { cookie: 'cookie', to: 'pid', token: 'term' }, payload: 'message' },
  EXIT_TT: { op: 13, fields: { from: 'pid', to: 'pid', token: 'term', reason: 'term' } },
  REG_SEND_TT: {
    op: 16,
    fields: { from: 'pid', cookie: 'cookie', to: 'name', token: 'term' },
    payload: 'message',
  },
  EXIT2_TT: { op: 18, fields: { from: 'pid', to: 'pid', token: 'term', reason: 'term' } },
  MONITOR_P: { op: 19, fields: { from: 'pid', to: 'pidOrName', ref: 'reference' } },
  DEMONITOR_P: { op: 20, fields: { from: 'pid', to: 'pidOrName', ref: 'reference' } },
  MONITOR_P_EXIT: { op: 21, fields: { from: 'pidOrName', to: 'pid', ref: 'reference', reason: 'term' } },
  SEND_SENDER: { op: 22, fields: { from: 'pid', to: 'pid' }, payload: 'message' },
  SEND_SENDER_TT: { op: 23, fields: { from: 'pid', to: 'pid', token: 'term' }, payload: 'message' },
  PAYLOAD_EXIT: { op: 24, fields: { from: 'pid', to: 'pid' }, payload: 'reason' },
  PAYLOAD_EXIT_TT: { op: 25, fields: { from: 'pid', to: 'pid', token: 'term' }, payload: 'reason' },
  PAYLOAD_EXIT2: { op: 26, fields: { from: 'pid', to: 'pid' }, payload: 'reason' },
  PAYLOAD_EXIT2_TT: { op: 27, fields: { from: 'pid', to: 'pid', token: 'term' }, payload: 'reason' },
  PAYLOAD_MONITOR_P_EXIT: {
    op: 28,
    fields: { from: 'pidOrName', to: 'pid', ref: 'reference' },
    payload: 'reason',
  },
  SPAWN_REQUEST: {
    op: 29,
    fields: { ref: 'reference', from: 'pid', groupLeader: 'pid', target: 'spawnTarget', options: 'term' },
    payload: 'arguments',
  },
  SPAWN_REQUEST_TT: {
    op: 30,
    fields: {
      ref: 'reference',
      from: 'pid',
      groupLeader: 'pid',
      target: 'spawnTarget',
      options: 'term',
      token: 'term',
    },
    payload: 'arguments',
  },
  SPAWN_REPLY: { op: 31, fields: { ref: 'reference', to: 'pid', flags: 'bits', result: 'pidOrName' } },
  SPAWN_REPLY_TT: {
    op: 32,
    fields: { ref: 'reference', to: 'pid', flags: 'bits', result: 'pidOrName', token: 'term' },
  },
  ALIAS_SEND: { op: 33, fields: { from: 'pid', to: 'reference' }, payload: 'message' },
  ALIAS_SEND_TT: { op: 34, fields: { from: 'pid', to: 'reference', token: 'term' }, payload: 'message' },
  UNLINK_ID: { op: 35, fields: { id: 'unlinkId', from: 'pid', to: 'pid' } },
  UNLINK_ID_ACK: { op: 36, fields: { id: 'unlinkId', from: 'pid', to: 'pid' } },
  ALTACT_SIG_SEND: {
    op: 37,
    fields: { flags: 'bits', from: 'pid', to: 'pidNameOrAlias', token: 'optionalTerm' },
    payload: 'message',
  },
} as const;

type Rows = typeof controlRows;

export type ControlKind = keyof Rows;

type FieldsOf<Layout extends Row['fields']> = {
  readonly [
    Name in keyof Layout as Layout[Name] extends 'cookie' ? never : Name
  ]: Layout[Name] extends keyof FieldTypes ? FieldTypes[Layout[Name]] : never;
};

/** The control message of one kind, e.g. `ControlOf<'LINK'>` = `{ kind: 'LINK', from: Pid, to: Pid }`. */
export type ControlOf<Kind extends ControlKind> = { readonly kind: Kind } & FieldsOf<Rows[Kind]['fields']>;

/** Any control message; `kind` tells which. */
export type Control = { [Kind in ControlKind]: ControlOf<Kind> }[ControlKind];

/** Bits of the `flags` of ALTACT_SIG_SEND. */
export const AltactFlag = { PRIORITY: 1, TOKEN: 2, ALIAS: 4, NAME: 8, EXIT: 16 } as const;

/** Bits of the `flags` of SPAWN_REPLY. */
export const SpawnReplyFlag = { LINK: 1, MONITOR: 2 } as const;

/** Whether a payload term follows the control message in its frame. */
export function hasPayload(kind: ControlKind): boolean {
  return 'payload' in controlRows[kind];
}
