/** The messages between scopes, byte for byte as real nodes send and accept them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, encode, ImproperList, inspect, Pid, type Term, tuple } from '../../src/etf/index.ts';
import {
  discoverMessage,
  joinMessage,
  leaveMessage,
  parsePgMessage,
  syncMessage,
} from '../../src/pg/state/pg-messages.ts';
import { decodeFrame, encodeFrame } from '../distribution/frame-bytes.ts';
import { otp25, otp29 } from './captured-messages.ts';

const erl = (term: Term): string => inspect(term, { syntax: 'erlang' });
const payloadHex = (term: Term): string => Buffer.from(encode(term).subarray(1)).toString('hex');
const pidText = (pid: Pid): string => erl(pid);

function read(frame: string): ReturnType<typeof parsePgMessage> {
  return parsePgMessage(decodeFrame(frame).payload);
}

describe('what is sent', () => {
  test('discover is that of OTP 25', () => {
    const { control, payload } = decodeFrame(otp25.discover);
    assert.ok(control.kind === 'REG_SEND' && control.to === 'pg');
    const parsed = parsePgMessage(payload);
    assert.equal(parsed?.kind, 'discover');
    assert.equal(encodeFrame({ control, payload: discoverMessage(control.from) }), otp25.discover);
  });

  test('sync is that of OTP 25', () => {
    const { control, payload } = decodeFrame(otp25.sync);
    const parsed = parsePgMessage(payload);
    assert.ok(parsed?.kind === 'sync' && control.kind === 'SEND_SENDER');
    assert.equal(erl(parsed.groups[0]?.group), 'grp');
    assert.equal(encodeFrame({ control, payload: syncMessage(control.from, parsed.groups) }), otp25.sync);
  });

  test('join of one process is the message that OTP 25 accepted', () => {
    const us = new Pid('pgv@127.0.0.1', 300, 0, 119);
    const member = new Pid('pgv@127.0.0.1', 301, 0, 119);
    assert.equal(payloadHex(joinMessage(us, atom('g2'), [member])), otp25.joinPayload);
  });

  test('join and leave of lists are those of OTP 29 to a peer of the first dialect', () => {
    const { control, payload } = decodeFrame(otp29.join);
    const parsed = parsePgMessage(payload);
    assert.ok(parsed?.kind === 'change' && control.kind === 'SEND_SENDER');
    const [change] = parsed.changes;
    assert.equal(change?.joined.length, 1);
    const leave = read(otp29.leave);
    assert.ok(leave?.kind === 'change');
    assert.equal(leave.changes[0]?.left.length, 1);
    const two = [new Pid('a@h', 1, 0, 1), new Pid('a@h', 2, 0, 1)];
    assert.equal(erl(joinMessage(control.from, 'g', two)), erl(tuple(atom('join'), control.from, 'g', two)));
    assert.equal(
      erl(leaveMessage(control.from, two, ['g'])),
      erl(tuple(atom('leave'), control.from, two, ['g'])),
    );
  });
});

describe('what is read', () => {
  test('both dialects of OTP 29', () => {
    assert.equal(read(otp29.discover)?.kind, 'discover');
    const data = read(otp29.localData);
    assert.ok(data?.kind === 'sync');
    assert.deepEqual(
      data.groups.map(({ group, pids }) => [erl(group), pids.length]),
      [
        ['grp', 2],
        ['<<"t">>', 1],
      ],
    );
    const joined = read(otp29.updateJoined);
    assert.ok(joined?.kind === 'change');
    assert.deepEqual([joined.changes[0]?.joined.length, joined.changes[0]?.left.length], [1, 0]);
    const left = read(otp29.updateLeft);
    assert.ok(left?.kind === 'change');
    assert.deepEqual([left.changes[0]?.joined.length, left.changes[0]?.left.length], [0, 1]);
  });

  test('a process that ended leaves all its groups, one of them twice', () => {
    const [us, pid] = [new Pid('a@h', 1, 0, 1), new Pid('a@h', 2, 0, 1)];
    const parsed = parsePgMessage(leaveMessage(us, [pid], [atom('g'), atom('h'), atom('g')]));
    assert.ok(parsed?.kind === 'change');
    assert.deepEqual(
      parsed.changes.map(({ group, left }) => `${erl(group)} ${left.map(pidText).join()}`),
      ['g', 'h', 'g'].map((name) => `${name} ${pidText(pid)}`),
    );
  });

  test('anything else is refused, never thrown', () => {
    const pid = new Pid('a@h', 1, 0, 1);
    const manyOf = (term: Term): Term[] => Array.from({ length: 1000 }, () => term);
    const improper = new ImproperList([pid], pid);
    const others: Term[] = [
      atom('discover'),
      tuple(),
      tuple(atom('discover')),
      tuple(atom('discover'), 1),
      tuple(atom('join'), pid, 'g', 'no pid'),
      tuple(atom('join'), pid, 'g', improper),
      tuple(atom('join'), 1, 'g', pid),
      tuple(atom('leave'), pid, pid, 'g'),
      tuple(atom('leave'), pid, [1], ['g']),
      tuple(atom('leave'), pid, manyOf(pid), manyOf('g')),
      tuple(atom('sync'), pid, []),
      tuple(atom('$gen_cast'), tuple(atom('sync'), pid, [tuple('g', improper)])),
      tuple(atom('$gen_cast'), tuple(atom('sync'), pid, improper)),
      tuple(atom('$gen_cast'), tuple(atom('local_data'), pid, 1, [])),
      tuple(atom('$gen_call'), tuple(pid, 1), atom('monitor')),
      tuple(atom('update'), pid, [tuple('g', [])]),
      tuple(atom('update'), pid, tuple()),
    ];
    for (const term of others) assert.equal(parsePgMessage(term), undefined, erl(term));
  });
});
