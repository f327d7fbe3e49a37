/**
 * The control messages of the distribution protocol, "Protocol between Connected Nodes" of the ERTS manual, as one table: what a
 * message is made of, what it is about, the flag that it requires, and its older and newer forms. Types, encoder, decoder, router
 * and the forms for older peers are derived from it. Pure.
 *
 * Fields are in wire order after the operation number. `cookie` is the slot that once held a cookie: it is written as '' and
 * ignored when reading.
 */

import type { FlagName } from './flags.ts';

/** The kinds of field. */
export type FieldType =
  | 'pid'
  | 'name'
  | 'pidOrName'
  | 'reference'
  | 'pidNameOrAlias'
  | 'unlinkId'
  | 'bits'
  | 'spawnTarget'
  | 'term'
  | 'optionalTerm'
  | 'cookie';

/** A row of the table. */
export interface ControlRow {
  readonly op: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** What the second term of the frame is, if there is one. */
  readonly payload?: 'message' | 'reason' | 'arguments';
  /** What it is about: a message for a process, a signal between processes, spawning, or nothing. */
  readonly family: 'message' | 'signal' | 'spawn' | 'unused';
  /** The flag that both sides must have before it may be sent. */
  readonly needs?: FlagName;
  /**
   * The form for peers without that flag. It takes its fields by name; if it has a `reason` of its own, that is the payload of this
   * one. Without it such peers do not get the message, or, for ALTACT_SIG_SEND, a form that depends on its `flags`.
   */
  readonly older?: string;
  /** The form with the same meaning in which it is handled here, without the token of a trace. Missing for that form itself. */
  readonly handledAs?: string;
}

/** Every control message, by its name in the specification. */
export const controlRows = {
  LINK: { op: 1, family: 'signal', fields: { from: 'pid', to: 'pid' } },
  SEND: { op: 2, family: 'message', fields: { cookie: 'cookie', to: 'pid' }, payload: 'message' },
  EXIT: {
    op: 3,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', reason: 'term' },
    handledAs: 'PAYLOAD_EXIT',
  },
  UNLINK: { op: 4, family: 'signal', fields: { from: 'pid', to: 'pid' } },
  NODE_LINK: { op: 5, family: 'unused', fields: {} },
  REG_SEND: {
    op: 6,
    family: 'message',
    fields: { from: 'pid', cookie: 'cookie', to: 'name' },
    payload: 'message',
  },
  GROUP_LEADER: { op: 7, family: 'signal', fields: { from: 'pid', to: 'pid' } },
  EXIT2: {
    op: 8,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', reason: 'term' },
    handledAs: 'PAYLOAD_EXIT2',
  },
  SEND_TT: {
    op: 12,
    family: 'message',
    fields: { cookie: 'cookie', to: 'pid', token: 'term' },
    payload: 'message',
    handledAs: 'SEND',
  },
  EXIT_TT: {
    op: 13,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', token: 'term', reason: 'term' },
    handledAs: 'PAYLOAD_EXIT',
  },
  REG_SEND_TT: {
    op: 16,
    family: 'message',
    fields: { from: 'pid', cookie: 'cookie', to: 'name', token: 'term' },
    payload: 'message',
    handledAs: 'REG_SEND',
  },
  EXIT2_TT: {
    op: 18,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', token: 'term', reason: 'term' },
    handledAs: 'PAYLOAD_EXIT2',
  },
  MONITOR_P: {
    op: 19,
    family: 'signal',
    fields: { from: 'pid', to: 'pidOrName', ref: 'reference' },
    needs: 'DIST_MONITOR',
  },
  DEMONITOR_P: {
    op: 20,
    family: 'signal',
    fields: { from: 'pid', to: 'pidOrName', ref: 'reference' },
    needs: 'DIST_MONITOR',
  },
  MONITOR_P_EXIT: {
    op: 21,
    family: 'signal',
    fields: { from: 'pidOrName', to: 'pid', ref: 'reference', reason: 'term' },
    needs: 'DIST_MONITOR',
    handledAs: 'PAYLOAD_MONITOR_P_EXIT',
  },
  SEND_SENDER: {
    op: 22,
    family: 'message',
    fields: { from: 'pid', to: 'pid' },
    payload: 'message',
    needs: 'SEND_SENDER',
    older: 'SEND',
  },
  SEND_SENDER_TT: {
    op: 23,
    family: 'message',
    fields: { from: 'pid', to: 'pid', token: 'term' },
    payload: 'message',
    needs: 'SEND_SENDER',
    older: 'SEND_TT',
    handledAs: 'SEND_SENDER',
  },
  PAYLOAD_EXIT: {
    op: 24,
    family: 'signal',
    fields: { from: 'pid', to: 'pid' },
    payload: 'reason',
    needs: 'EXIT_PAYLOAD',
    older: 'EXIT',
  },
  PAYLOAD_EXIT_TT: {
    op: 25,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', token: 'term' },
    payload: 'reason',
    needs: 'EXIT_PAYLOAD',
    older: 'EXIT_TT',
    handledAs: 'PAYLOAD_EXIT',
  },
  PAYLOAD_EXIT2: {
    op: 26,
    family: 'signal',
    fields: { from: 'pid', to: 'pid' },
    payload: 'reason',
    needs: 'EXIT_PAYLOAD',
    older: 'EXIT2',
  },
  PAYLOAD_EXIT2_TT: {
    op: 27,
    family: 'signal',
    fields: { from: 'pid', to: 'pid', token: 'term' },
    payload: 'reason',
    needs: 'EXIT_PAYLOAD',
    older: 'EXIT2_TT',
    handledAs: 'PAYLOAD_EXIT2',
  },
  PAYLOAD_MONITOR_P_EXIT: {
    op: 28,
    family: 'signal',
    fields: { from: 'pidOrName', to: 'pid', ref: 'reference' },
    payload: 'reason',
    needs: 'EXIT_PAYLOAD',
    older: 'MONITOR_P_EXIT',
  },
  SPAWN_REQUEST: {
    op: 29,
    family: 'spawn',
    fields: { ref: 'reference', from: 'pid', groupLeader: 'pid', target: 'spawnTarget', options: 'term' },
    payload: 'arguments',
    needs: 'SPAWN',
  },
  SPAWN_REQUEST_TT: {
    op: 30,
    family: 'spawn',
    fields: {
      ref: 'reference',
      from: 'pid',
      groupLeader: 'pid',
      target: 'spawnTarget',
      options: 'term',
      token: 'term',
    },
    payload: 'arguments',
    needs: 'SPAWN',
    handledAs: 'SPAWN_REQUEST',
  },
  SPAWN_REPLY: {
    op: 31,
    family: 'spawn',
    fields: { ref: 'reference', to: 'pid', flags: 'bits', result: 'pidOrName' },
    needs: 'SPAWN',
  },
  SPAWN_REPLY_TT: {
    op: 32,
    family: 'spawn',
    fields: { ref: 'reference', to: 'pid', flags: 'bits', result: 'pidOrName', token: 'term' },
    needs: 'SPAWN',
    handledAs: 'SPAWN_REPLY',
  },
  ALIAS_SEND: {
    op: 33,
    family: 'message',
    fields: { from: 'pid', to: 'reference' },
    payload: 'message',
    needs: 'ALIAS',
  },
  ALIAS_SEND_TT: {
    op: 34,
    family: 'message',
    fields: { from: 'pid', to: 'reference', token: 'term' },
    payload: 'message',
    needs: 'ALIAS',
    handledAs: 'ALIAS_SEND',
  },
  UNLINK_ID: {
    op: 35,
    family: 'signal',
    fields: { id: 'unlinkId', from: 'pid', to: 'pid' },
    needs: 'UNLINK_ID',
    older: 'UNLINK',
  },
  UNLINK_ID_ACK: {
    op: 36,
    family: 'signal',
    fields: { id: 'unlinkId', from: 'pid', to: 'pid' },
    needs: 'UNLINK_ID',
  },
  ALTACT_SIG_SEND: {
    op: 37,
    family: 'message',
    fields: { flags: 'bits', from: 'pid', to: 'pidNameOrAlias', token: 'optionalTerm' },
    payload: 'message',
    needs: 'ALTACT_SIG',
  },
} as const;

/** The name of a control message. */
export type ControlKind = keyof typeof controlRows;

/** The names of the messages that have a newer form. */
export type FormerKind = {
  [Kind in ControlKind]: (typeof controlRows)[Kind] extends { readonly handledAs: string } ? Kind : never;
}[ControlKind];

/** The row of a kind of message, without the types of its own fields. */
export function rowOf(kind: ControlKind): ControlRow {
  return controlRows[kind];
}

/** Whether `kind` is the name of a control message. */
export function isControlKind(kind: string): kind is ControlKind {
  return Object.hasOwn(controlRows, kind);
}
