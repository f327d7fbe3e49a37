/**
 * Peers of a launched node that know the cookie: randomly changed frames, requests in the name of others, and large numbers of
 * locks, monitors and calls.
 */

import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { atom, Pid, Reference, type Term, tuple } from '@convoy/node';
import { encode } from '@convoy/node/etf';
import { headerFlags, hiddenFlags } from '../../../packages/node/src/distribution/flags.ts';
import { type Attacker, HeldSockets, repeat, Tally, type Target } from './attacker.ts';
import { shakeHands } from './handshake.ts';

const connectionsPerSecond = 5;
const framesPerConnection = 100;

export function insiders(target: Target): Attacker {
  const tally = new Tally();
  return {
    name: 'peers with the cookie',
    counts: tally.counts,
    async run(signal) {
      using sockets = new HeldSockets(20, tally);
      await repeat({ signal, perSecond: connectionsPerSecond * target.pace, tally }, async (turn) => {
        const socket = sockets.open(target.nodePort);
        const us = `insider${turn % 50}@127.0.0.1`;
        const { cookie } = target;
        // Half of them pass their terms through, the others use distribution headers and fragments.
        const hasHeaders = turn % 2 === 0;
        const flags = hasHeaders ? hiddenFlags : hiddenFlags & ~headerFlags;
        if (!(await shakeHands(socket, { name: us, cookie, flags }))) return tally.add('not let in');
        tally.add('let in');
        await talk(socket, { target, us, tally, frame: hasHeaders ? withHeader : passedThrough });
        sockets.release(socket);
      });
    },
  };
}

interface Talk {
  readonly target: Target;
  readonly us: string;
  readonly tally: Tally;
  /** How its frames are made. */
  readonly frame: (terms: readonly Term[]) => Buffer;
}

async function talk(socket: Socket, talk: Talk): Promise<void> {
  const { us, tally } = talk;
  for (let count = 0; count < framesPerConnection && !socket.destroyed; count += 1) {
    const frame = randomFrame(talk);
    // Every second connection only forges; the others are closed at their first broken frame.
    const isBroken = us.length % 2 === 0 && count > framesPerConnection / 2;
    tally.add(isBroken ? 'changed frames' : 'frames in the name of others');
    const bytes = isBroken ? changed(frame) : frame;
    if (!socket.write(bytes)) await once(socket, 'drain', { signal: AbortSignal.timeout(5000) });
  }
}

function randomFrame({ target, us, frame }: Talk): Buffer {
  const one = frames[randomInt(frames.length)];
  const victim = new Pid(target.evil, randomInt(1, 60), 0, 1);
  const self = new Pid(us, randomInt(1, 1000), 0, 7);
  const local = new Pid(target.node, randomInt(1, 200), 0, randomInt(1, 100));
  const [control, payload] = one?.({ self, victim, local, ref: reference(us) }) ?? [tuple()];
  return frame(payload === undefined ? [control] : [control, payload]);
}

function reference(node: string): Reference {
  return new Reference(node, 7, [randomInt(262_144), randomInt(2 ** 32), randomInt(2 ** 32)]);
}

interface Parties {
  readonly self: Pid;
  /** A pid of another node. */
  readonly victim: Pid;
  /** A pid of the attacked node, possibly. */
  readonly local: Pid;
  readonly ref: Reference;
}

type Say = (parties: Parties) => readonly [control: Term, payload?: Term];

const none = atom('');
const call = (from: Term, request: Term): Term => tuple(atom('$gen_call'), from, request);
const toName = (name: string, from: Term, payload: Term): readonly [Term, Term] => [
  tuple(6, from, none, atom(name)),
  payload,
];

const frames: readonly Say[] = [
  ({ victim, local }) => [tuple(1, victim, local)],
  ({ victim, local }) => [tuple(3, victim, local, atom('killed'))],
  ({ self, local }) => [tuple(8, self, local, atom('kill'))],
  ({ victim, local }) => [tuple(7, victim, local)],
  ({ self, local, ref }) => [tuple(19, self, local, ref)],
  ({ self, ref }) => [tuple(19, self, atom('convoy_worker'), ref)],
  ({ victim, local, ref }) => [tuple(21, victim, local, ref, atom('noproc'))],
  ({ local }) => [tuple(2, none, local), Uint8Array.from(randomBytes(1000))],
  ({ self, ref }) => [
    tuple(29, ref, self, self, tuple(atom('os'), atom('cmd'), 1), [atom('monitor')]),
    [[105, 100]],
  ],
  ({ self, victim, ref }) =>
    toName(
      'rex',
      self,
      call(tuple(victim, ref), tuple(atom('call'), atom('os'), atom('cmd'), [[105, 100]], victim)),
    ),
  ({ self, ref }) =>
    toName('net_kernel', self, call(tuple(self, ref), tuple(atom('is_auth'), atom('x@127.0.0.1')))),
  ({ self, ref }) =>
    toName(
      'global_name_server',
      self,
      call(tuple(self, ref), tuple(atom('set_lock'), tuple(randomInt(1_000_000), self))),
    ),
  ({ self }) =>
    toName('global_name_server', self, tuple(atom('$gen_cast'), tuple(atom('lock_is_set'), randomInt(100)))),
  ({ self }) => toName('convoy_worker', self, nested(500)),
  ({ self, victim, ref }) =>
    toName('convoy_worker', self, tuple(atom('io_request'), victim, ref, tuple(atom('get_line')))),
];

function nested(depth: number): Term {
  let term: Term = atom('x');
  for (let level = 0; level < depth; level += 1) term = [term];
  return term;
}

/* 112 | term | term, each with its 131 */
function passedThrough(terms: readonly Term[]): Buffer {
  return framed([Buffer.from([112]), ...terms.map((term) => encode(term))]);
}

/* 131 | 68 | no atoms | terms without 131; or two fragments, the second of which may never come or come too often */
function withHeader(terms: readonly Term[]): Buffer {
  const [control = Buffer.alloc(0), ...payload] = terms.map((term) => encode(term).subarray(1));
  if (randomInt(4) > 0) return framed([Buffer.from([131, 68, 0]), control, ...payload]);
  const sequence = randomInt(1000);
  const first = framed([fragmentHead(69, sequence, 2), Buffer.from([0]), control]);
  const second = framed([fragmentHead(70, sequence, randomInt(20) === 0 ? 2 : 1), ...payload]);
  return Buffer.concat([
    first,
    ...Array.from({ length: randomInt(20) > 0 ? 1 : randomInt(3) }, () => second),
  ]);
}

/* 131 | tag | u64 sequence | u64 fragment */
function fragmentHead(tag: number, sequence: number, fragment: number): Buffer {
  const head = Buffer.alloc(18);
  head.set([131, tag]);
  head.writeUInt32BE(sequence, 6);
  head.writeUInt32BE(fragment, 14);
  return head;
}

function framed(parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Changes or removes a few bytes; the length is usually still right. */
function changed(frame: Buffer): Buffer {
  const copy = Buffer.from(frame.subarray(0, randomInt(4) === 0 ? randomInt(6, frame.length) : frame.length));
  for (let count = randomInt(1, 5); count > 0; count -= 1) copy[randomInt(5, copy.length)] = randomInt(256);
  copy.writeUInt32BE(randomInt(50) === 0 ? randomInt(2 ** 32) : copy.length - 4);
  return copy;
}
