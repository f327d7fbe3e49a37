import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { FrameWriter } from '../../src/distribution/frames/frame-writer.ts';
import { OutgoingAtoms } from '../../src/distribution/frames/outgoing-atoms.ts';
import { atom, ByteWriter, Pid, type Term, Tuple, tuple } from '../../src/etf/index.ts';
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
  const frames = new FrameWriter({ framing: 'header', hasAtomCache: true, encode: {} });
  frames.write(writer, { control, payload });
  const { bodyStart, controlEnd, list } = frames;
  return { bytes: writer.finish().subarray(bodyStart), controlEnd: controlEnd - bodyStart, atoms: list };
}

interface Sent {
  readonly sender: number;
  readonly number: number;
  readonly size: number;
}

/** The atom in the message of a step: the header of its frame has it, new or known, whichever message goes out first. */
function nameOf(step: { name?: string } | number | undefined): string {
  return typeof step === 'object' ? (step.name ?? 'large') : 'none';
}

/** What a peer reads while messages are added, and frames taken, as `steps` says: a message, or a number of frames. */
function read(steps: readonly ({ sender: number; size: number; name?: string } | number)[]): {
  read: Sent[];
  sent: Sent[];
  frames: number;
} {
  const outgoing = new OutgoingFragments(new OutgoingAtoms());
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
      assert.ok(payload instanceof Tuple);
      const [name, bytes] = payload.elements as [Term, Uint8Array];
      const number = Buffer.from(bytes).readUInt32BE(0);
      assert.equal(name, atom(nameOf(steps[number])));
      received.push({ sender: control.from.id, number, size: bytes.length });
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
    outgoing.add(pid(step.sender), encoded(pid(step.sender), tuple(atom(nameOf(step)), bytes)));
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
      name: fc.constantFrom('one', 'two', 'three', 'é'.repeat(200)),
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
    const outgoing = new OutgoingFragments(new OutgoingAtoms());
    outgoing.add(pid(1), encoded(pid(1), new Uint8Array(6 * fragment)));
    assert.deepEqual([outgoing.takes(pid(1), 10), outgoing.takes(pid(2), 10)], [true, false]);
    assert.deepEqual(
      [outgoing.takes(pid(2), 4 * fragment), outgoing.takes(pid(2), 4 * fragment + 1)],
      [false, true],
    );
  });

  test('are followed by what comes from a name, which may be that of any sender', () => {
    const outgoing = new OutgoingFragments(new OutgoingAtoms());
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
