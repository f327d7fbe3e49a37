import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { bareHeader, writeMessage } from '../../src/distribution/frames/frame-writer.ts';
import { ByteWriter, Pid, type Term } from '../../src/etf/index.ts';
import { type EncodedMessage, OutgoingFragments } from '../../src/net/outgoing-fragments.ts';
import { FrameSource } from '../distribution/frame-bytes.ts';

const to = new Pid('b@h', 2, 0, 2);
const fragment = 64 * 1024;

function pid(id: number): Pid {
  return new Pid('a@h', id, 0, 1);
}

function encoded(from: Pid, payload: Term): EncodedMessage {
  const writer = new ByteWriter();
  const control = { kind: 'SEND_SENDER', from, to } as const;
  const format = { framing: 'header', encode: {} } as const;
  const controlEnd = writeMessage(writer, { control, payload }, format) - bareHeader.length;
  return { bytes: writer.finish().subarray(bareHeader.length), controlEnd };
}

interface Sent {
  readonly sender: number;
  readonly number: number;
  readonly size: number;
}

/** What a peer reads while messages are added, and frames taken, as `steps` says: a message, or a number of frames. */
function read(steps: readonly ({ sender: number; size: number } | number)[]): {
  read: Sent[];
  sent: Sent[];
  frames: number;
} {
  const outgoing = new OutgoingFragments();
  const source = new FrameSource('header');
  const received: Sent[] = [];
  const sent: Sent[] = [];
  let frames = 0;
  const take = (): boolean => {
    const frame = outgoing.next();
    if (frame === undefined) return false;
    frames += 1;
    for (const { control, payload } of source.read(Buffer.concat(frame))) {
      assert.ok(control.kind === 'SEND_SENDER');
      const bytes = payload as Uint8Array;
      received.push({
        sender: control.from.id,
        number: Buffer.from(bytes).readUInt32BE(0),
        size: bytes.length,
      });
    }
    return true;
  };
  for (const [number, step] of steps.entries()) {
    if (typeof step === 'number') {
      for (let turn = 0; turn < step; turn += 1) take();
      continue;
    }
    const bytes = Buffer.alloc(Math.max(4, step.size));
    bytes.writeUInt32BE(number);
    outgoing.add(pid(step.sender), encoded(pid(step.sender), bytes));
    sent.push({ sender: step.sender, number, size: bytes.length });
  }
  while (take());
  assert.deepEqual([outgoing.isEmpty, outgoing.bufferedBytes], [true, 0]);
  assert.deepEqual(source.dropped, []);
  return { read: received, sent, frames };
}

describe('messages that go out in fragments', () => {
  test('arrive whole, once, and in order for each sender, however they are taken', () => {
    const message = fc.record({
      sender: fc.integer({ min: 1, max: 4 }),
      size: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 200_000, max: 600_000 })),
    });
    const steps = fc.array(fc.oneof(message, fc.integer({ min: 0, max: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (taken) => {
        const { read: received, sent } = read(taken);
        for (let sender = 1; sender <= 4; sender += 1) {
          const of = (all: readonly Sent[]): readonly Sent[] => all.filter((one) => one.sender === sender);
          assert.deepEqual(of(received), of(sent));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('take turns: a short one passes a long one of another sender', () => {
    const { read: received, frames } = read([
      { sender: 1, size: 20 * fragment },
      { sender: 2, size: 5 * fragment },
    ]);
    assert.deepEqual(
      received.map(({ sender }) => sender),
      [2, 1],
    );
    assert.equal(frames, 20 + 1 + 5 + 1);
  });

  test('make a small message of their sender wait, and no other', () => {
    const outgoing = new OutgoingFragments();
    outgoing.add(pid(1), encoded(pid(1), new Uint8Array(6 * fragment)));
    assert.deepEqual([outgoing.takes(pid(1), 10), outgoing.takes(pid(2), 10)], [true, false]);
    assert.deepEqual(
      [outgoing.takes(pid(2), 4 * fragment), outgoing.takes(pid(2), 4 * fragment + 1)],
      [false, true],
    );
  });

  test('are followed by what comes from a name, which may be that of any sender', () => {
    const outgoing = new OutgoingFragments();
    assert.equal(outgoing.takes('name', 10), false);
    outgoing.add(pid(1), encoded(pid(1), new Uint8Array(5 * fragment)));
    assert.equal(outgoing.takes('name', 10), true);
    outgoing.add('name', encoded(pid(9), 1));
    outgoing.add(pid(1), encoded(pid(1), new Uint8Array(6 * fragment)));
    const order: number[] = [];
    const source = new FrameSource('header');
    for (let frame = outgoing.next(); frame !== undefined; frame = outgoing.next()) {
      for (const { control } of source.read(Buffer.concat(frame))) {
        assert.ok(control.kind === 'SEND_SENDER');
        order.push(control.from.id);
      }
    }
    assert.deepEqual(order, [1, 9, 1]);
  });
});
