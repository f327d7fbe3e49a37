/**
 * The wire format of the distribution handshake, version 6, without the length prefix. Both directions; no decisions.
 * Bytes after a message are ignored, as OTP does. Names are Latin-1, as OTP reads them.
 */

import { DecodeError } from '../errors.ts';
import { digestBytes } from './challenge.ts';

const tag = { name: 0x4e, oldName: 0x6e, status: 0x73, complement: 0x63, reply: 0x72, ack: 0x61 } as const;

export interface NameMessage {
  readonly flags: bigint;
  readonly creation: number;
  readonly name: string;
}

export interface ChallengeMessage extends NameMessage {
  readonly challenge: number;
}

export interface ChallengeReply {
  readonly challenge: number;
  readonly digest: Uint8Array;
}

/** Whether this is a name in the form of OTP 22 and earlier. OTP 23 and 24 use it for nodes of which they do not know better. */
export function isOldForm(message: Uint8Array): boolean {
  return message[0] === tag.oldName;
}

/* 1 'n' | 2 version | 4 low half of the flags | n name */
export function decodeOldName(message: Uint8Array): NameMessage {
  const view = open(message, tag.oldName, 7);
  return { flags: BigInt(view.getUint32(3)), creation: 0, name: text(message, 7, message.length - 7) };
}

/** What an old name lacks; sent after the challenge. */
export interface Complement {
  /** The upper half of the flags, in place. */
  readonly flags: bigint;
  readonly creation: number;
}

/* 1 'c' | 4 high half of the flags | 4 creation */
export function decodeComplement(message: Uint8Array): Complement {
  const view = open(message, tag.complement, 9);
  return { flags: BigInt(view.getUint32(1)) << 32n, creation: view.getUint32(5) };
}

/* 1 'N' | 8 flags | 4 creation | 2 name length | n name */
export function encodeName({ flags, creation, name }: NameMessage): Uint8Array {
  const message = Buffer.alloc(15 + name.length);
  message.writeUInt8(tag.name, 0);
  message.writeBigUInt64BE(flags, 1);
  message.writeUInt32BE(creation, 9);
  message.writeUInt16BE(name.length, 13);
  message.write(name, 15, 'latin1');
  return message;
}

export function decodeName(message: Uint8Array): NameMessage {
  const view = open(message, tag.name, 15);
  return {
    flags: view.getBigUint64(1),
    creation: view.getUint32(9),
    name: text(message, 15, view.getUint16(13)),
  };
}

/* 1 's' | n text */
export function encodeStatus(status: string): Uint8Array {
  return Buffer.from(`s${status}`, 'latin1');
}

export function decodeStatus(message: Uint8Array): string {
  open(message, tag.status, 1);
  return text(message, 1, message.length - 1);
}

/** The name that an acceptor gives to a node that asked for one. */
export interface GivenName {
  /** Full name, `name@host`. */
  readonly name: string;
  readonly creation: number;
}

const namedStatus = 'named:';

/* 1 's' | 6 'named:' | 2 name length | n name | 4 creation */
export function encodeNamed({ name, creation }: GivenName): Uint8Array {
  const message = Buffer.alloc(13 + name.length);
  message.write(`s${namedStatus}`, 0, 'latin1');
  message.writeUInt16BE(name.length, 7);
  message.write(name, 9, 'latin1');
  message.writeUInt32BE(creation, 9 + name.length);
  return message;
}

/** A status; a given name is one too. */
export function decodeStatusOrName(message: Uint8Array): string | GivenName {
  const status = decodeStatus(message);
  if (!status.startsWith(namedStatus)) return status;
  const view = open(message, tag.status, 13);
  const length = view.getUint16(7);
  const name = text(message, 9, length);
  if (message.length < 13 + length) throw truncated(message);
  return { name, creation: view.getUint32(9 + length) };
}

/* 1 'N' | 8 flags | 4 challenge | 4 creation | 2 name length | n name */
export function encodeChallenge({ flags, challenge, creation, name }: ChallengeMessage): Uint8Array {
  const message = Buffer.alloc(19 + name.length);
  message.writeUInt8(tag.name, 0);
  message.writeBigUInt64BE(flags, 1);
  message.writeUInt32BE(challenge, 9);
  message.writeUInt32BE(creation, 13);
  message.writeUInt16BE(name.length, 17);
  message.write(name, 19, 'latin1');
  return message;
}

export function decodeChallenge(message: Uint8Array): ChallengeMessage {
  const view = open(message, tag.name, 19);
  return {
    flags: view.getBigUint64(1),
    challenge: view.getUint32(9),
    creation: view.getUint32(13),
    name: text(message, 19, view.getUint16(17)),
  };
}

/* 1 'r' | 4 challenge | 16 digest */
export function encodeChallengeReply({ challenge, digest }: ChallengeReply): Uint8Array {
  const message = Buffer.alloc(5 + digestBytes);
  message.writeUInt8(tag.reply, 0);
  message.writeUInt32BE(challenge, 1);
  message.set(digest, 5);
  return message;
}

export function decodeChallengeReply(message: Uint8Array): ChallengeReply {
  const view = open(message, tag.reply, 5 + digestBytes);
  return { challenge: view.getUint32(1), digest: message.subarray(5, 5 + digestBytes) };
}

/* 1 'a' | 16 digest */
export function encodeChallengeAck(digest: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag.ack), digest]);
}

export function decodeChallengeAck(message: Uint8Array): Uint8Array {
  open(message, tag.ack, 1 + digestBytes);
  return message.subarray(1, 1 + digestBytes);
}

function open(message: Uint8Array, expectedTag: number, minimumBytes: number): DataView {
  const found = message[0];
  if (found !== undefined && found !== expectedTag) {
    const names = `'${String.fromCharCode(expectedTag)}', not ${found}`;
    throw new DecodeError('DECODE_BAD_TAG', `expected the handshake message ${names}`, {
      offset: 0,
      tag: found,
    });
  }
  if (message.length < minimumBytes) throw truncated(message);
  return new DataView(message.buffer, message.byteOffset, message.length);
}

function text(message: Uint8Array, start: number, length: number): string {
  if (start + length > message.length) throw truncated(message);
  return Buffer.from(message.buffer, message.byteOffset + start, length).toString('latin1');
}

function truncated(message: Uint8Array): DecodeError {
  return new DecodeError('DECODE_TRUNCATED', `the handshake message ends after ${message.length} bytes`, {
    offset: message.length,
  });
}
