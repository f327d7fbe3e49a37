import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Flag, visibleFlags } from '../../src/distribution/flags.ts';
import type { Control } from '../../src/distribution/control-messages.ts';
import type { ConnectionError } from '../../src/errors.ts';
import { atom, Pid, Reference, type Term } from '../../src/etf/index.ts';
import { type NodeEvents, subscribeEvent } from '../../src/events.ts';
import type { Connection } from '../../src/net/connection.ts';
import type { ByteStream } from '../../src/net/transport.ts';
import { alice, bob, connectPair, connectToStream } from './connected-pair.ts';
import { ManualClock } from './manual-clock.ts';

const from = new Pid(alice.name, 1, 0, 7);
const to = new Pid(bob.name, 2, 0, 9);
const message: Control = { kind: 'SEND_SENDER', from, to };

interface Received {
  readonly control: Control;
  readonly payload: Term;
  readonly hasPayload: boolean;
}

/** Resolves with the messages once there are `count`. */
function receive(connection: Connection, count: number): Promise<Received[]> {
  const received: Received[] = [];
  return new Promise((resolve) => {
    connection.onMessage((control, payload, hasPayload) => {
      received.push({ control, payload, hasPayload });
      if (received.length === count) resolve(received);
    });
  });
}

function waitForClose(connection: Connection): Promise<ConnectionError | undefined> {
  return new Promise((resolve) => {
    connection.onClose(resolve);
  });
}

function waitForData(stream: ByteStream): Promise<Uint8Array> {
  return new Promise((resolve) => {
    stream.onData(resolve);
  });
}

function frame(hex: string): Uint8Array {
  const content = Buffer.from(hex, 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Runs `action` and gives what was dropped meanwhile. */
async function droppedDuring(action: () => Promise<void>): Promise<NodeEvents['convoy:message.dropped'][]> {
  const dropped: NodeEvents['convoy:message.dropped'][] = [];
  const stop = subscribeEvent('convoy:message.dropped', (event) => dropped.push(event));
  await action().finally(stop);
  return dropped;
}

describe('Connection', () => {
  test('delivers messages in order, with their payload', async () => {
    const { near, far } = await connectPair();
    const ref = new Reference(alice.name, 7, [1, 2, 3]);
    assert.equal(near.send(message, [atom('a'), 1]), true);
    near.send({ kind: 'MONITOR_P', from, to: 'printer', ref });
    near.send({ kind: 'REG_SEND', from, to: 'printer' }, undefined);
    const received = await receive(far, 3);
    assert.deepEqual(received, [
      { control: message, payload: [atom('a'), 1], hasPayload: true },
      { control: { kind: 'MONITOR_P', from, to: 'printer', ref }, payload: undefined, hasPayload: false },
      { control: { kind: 'REG_SEND', from, to: 'printer' }, payload: undefined, hasPayload: true },
    ]);
    assert.equal(near.stats.messagesOut, 3);
    assert.equal(far.stats.messagesIn, 3);
  });

  test('loses nothing that arrives with the last bytes of the handshake', async () => {
    const { near, far } = await connectPair();
    far.send({ kind: 'SEND_SENDER', from: to, to: from }, 'early');
    await new Promise((resolve) => setImmediate(resolve));
    const [first] = await receive(near, 1);
    assert.deepEqual(first?.payload, new TextEncoder().encode('early'));
  });

  test('writes what is sent in one turn as one piece', async () => {
    const { connection, stream } = await connectToStream();
    for (let index = 0; index < 100; index += 1) connection.send(message, index);
    const data = await waitForData(stream);
    assert.equal(data.length, connection.stats.bytesOut);
  });

  test('carries large payloads whole', async () => {
    const { near, far } = await connectPair();
    const large = new Uint8Array(5_000_000).fill(7);
    near.send(message, large);
    near.send(message, 1);
    const [first, second] = await receive(far, 2);
    assert.ok(Buffer.from(large).equals(first?.payload as Uint8Array));
    assert.equal(second?.payload, 1);
  });

  test('a payload without an external form throws, and the messages around it arrive', async () => {
    const { near, far } = await connectPair();
    near.send(message, 1);
    assert.throws(() => near.send(message, [1, Number.NaN]), { name: 'EncodeError' });
    near.send(message, 2);
    assert.deepEqual(
      (await receive(far, 2)).map(({ payload }) => payload),
      [1, 2],
    );
  });

  test('close sends what is queued first, and both sides learn of it', async () => {
    const { near, far } = await connectPair();
    const arrived = receive(far, 1);
    const over = Promise.all([waitForClose(near), waitForClose(far)]);
    near.send(message, 'last words');
    near.close();
    assert.equal(near.isOpen, false);
    assert.equal(near.send(message, 'too late'), false);
    await arrived;
    const [nearReason, farReason] = await over;
    assert.equal(nearReason, undefined);
    assert.equal(farReason?.code, 'CONNECTION_CLOSED');
    assert.equal(await waitForClose(near), undefined);
  });
});

describe('a connection that reads what it cannot use', () => {
  test('leaves out what it does not understand and goes on', async () => {
    const { connection, stream } = await connectToStream();
    const events = await droppedDuring(async () => {
      const arrived = receive(connection, 1);
      stream.write(frame('7083680261636a')); // op 99
      stream.write(frame('70836a')); // no tuple
      stream.write(frame('70836803611661016102')); // integers instead of pids
      stream.write(frame('7083')); // nothing at all
      const good = '7083680361165800'; // a pid cut short
      stream.write(frame(good));
      stream.write(captured('hello'));
      await arrived;
    });
    assert.deepEqual(
      events.map(({ reason, op }) => [reason, op]),
      [
        ['unknown-op', 99],
        ['malformed', undefined],
        ['malformed', 22],
        ['malformed', undefined],
        ['malformed', undefined],
      ],
    );
    assert.equal(connection.stats.messagesDropped, 5);
    assert.ok(connection.isOpen);
  });

  test('leaves out a payload that cannot be decoded or is missing', async () => {
    const { connection, stream } = await connectToStream();
    const hello = Buffer.from(captured('hello'));
    const cut = hello.subarray(4, hello.length - 8).toString('hex');
    const events = await droppedDuring(async () => {
      const arrived = receive(connection, 1);
      stream.write(frame(cut));
      stream.write(frame(`${cut}83ff`));
      stream.write(hello);
      await arrived;
    });
    assert.deepEqual(
      events.map(({ reason, op }) => [reason, op]),
      [
        ['malformed', 22],
        ['malformed', 22],
      ],
    );
  });

  test('a receiver that throws does not stop the next message', async () => {
    const { near, far } = await connectPair();
    const events = await droppedDuring(async () => {
      const second = Promise.withResolvers<Term>();
      far.onMessage((_control, payload) => {
        if (payload === 1) throw new Error('not prepared for 1');
        second.resolve(payload);
      });
      near.send(message, 1);
      near.send(message, 2);
      assert.equal(await second.promise, 2);
    });
    assert.equal(events[0]?.reason, 'receiver-failed');
  });

  test('an error of our own while reading ends the connection, and nothing else', async () => {
    const bytes = {
      length: 9,
      get 0(): number {
        throw new RangeError('planted in the bytes');
      },
    };
    const { connection } = await connectToStream({ received: bytes as unknown as Uint8Array });
    connection.onMessage(() => assert.fail('nothing to deliver'));
    const reason = await waitForClose(connection);
    assert.equal(reason?.code, 'CONNECTION_PROTOCOL');
    assert.match(reason.message, /cannot process what .*: planted in the bytes/);
  });

  test('broken framing ends the connection with the reason', async () => {
    const cases = [
      ['header framing', frame('834400'), /starts with 131, 68 instead of 112, 131/],
      ['a frame of one byte', frame('70'), /starts with 1 byte/],
      ['a frame over the limit', Uint8Array.of(0xff, 0, 0, 0), /more than any node sends/],
    ] as const;
    for (const [title, bytes, expected] of cases) {
      const { connection, stream } = await connectToStream();
      connection.onMessage(() => assert.fail('nothing to deliver'));
      stream.write(bytes);
      const reason = await waitForClose(connection);
      assert.equal(reason?.code, 'CONNECTION_PROTOCOL', title);
      assert.match(reason.message, expected);
    }
  });

  test('says when the stream ends in the middle of a message', async () => {
    const { connection, stream } = await connectToStream();
    connection.onMessage(() => undefined);
    stream.write(Uint8Array.of(0, 0, 0, 9, 112));
    stream.end();
    assert.match((await waitForClose(connection))?.message ?? '', /in the middle of a message/);
  });
});

describe('a connection to a slow, silent or older peer', () => {
  test('ticks each quarter of the tick time while it has nothing else to write', async () => {
    const clock = new ManualClock();
    const { connection, stream } = await connectToStream({ clock, netTickTimeMs: 40_000 });
    const written: Uint8Array[] = [];
    stream.onData((bytes) => written.push(bytes));
    connection.onMessage(() => undefined);
    for (let second = 0; second < 20; second += 10) {
      clock.advance(10_000);
      stream.write(Uint8Array.of(0, 0, 0, 0));
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    assert.deepEqual(Buffer.concat(written), Buffer.alloc(8));
    connection.send(message, 1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const before = connection.stats.bytesOut;
    clock.advance(10_000);
    assert.equal(connection.stats.bytesOut, before);
    clock.advance(10_000);
    assert.equal(connection.stats.bytesOut, before + 4);
  });

  test('gives a peer up after a whole tick time of silence', async () => {
    const clock = new ManualClock();
    const { connection } = await connectToStream({ clock, netTickTimeMs: 40_000 });
    clock.advance(39_999);
    assert.ok(connection.isOpen);
    clock.advance(1);
    assert.equal((await waitForClose(connection))?.code, 'CONNECTION_TICK_TIMEOUT');
    assert.equal(clock.pending, 0);
  });

  test('reads nothing while the peer is held back, for a second at most, and does not give it up', async () => {
    const clock = new ManualClock();
    const { connection, stream } = await connectToStream({ clock, netTickTimeMs: 40_000 });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const received: Term[] = [];
    connection.onMessage((_control, payload) => received.push(payload));
    await turn();
    for (let count = 0; count < 10; count += 1) connection.holdBack(0.2);
    stream.write(captured('one'));
    await turn();
    assert.deepEqual(received, []);
    clock.advance(2);
    await turn();
    assert.deepEqual(received, [atom('one')]);
    connection.holdBack(600_000);
    stream.write(captured('two'));
    clock.advance(999);
    await turn();
    assert.equal(received.length, 1);
    clock.advance(1);
    await turn();
    assert.deepEqual(received, [atom('one'), atom('two')]);
    connection.holdBack(600_000);
    connection.release();
    stream.write(captured('end'));
    await turn();
    assert.equal(received.length, 3);
    assert.ok(connection.isOpen);
  });

  test('reports back-pressure by send and its end by onDrain', async () => {
    const { connection, stream } = await connectToStream({ limits: { sendQueueHighWaterBytes: 100_000 } });
    const drained = new Promise<void>((resolve) => {
      connection.onDrain(resolve);
    });
    let sent = 0;
    while (connection.send(message, new Uint8Array(1000))) assert.ok((sent += 1) < 1000);
    assert.ok(sent >= 90, `${sent} messages of 1000 bytes`);
    stream.onData(() => undefined);
    await drained;
    assert.equal(connection.send(message, 1), true);
  });

  test('gives up a peer that does not read at all', async () => {
    const { connection } = await connectToStream({ limits: { maxSendQueueBytes: 1_000_000 } });
    while (connection.isOpen) connection.send(message, new Uint8Array(100_000));
    const reason = await waitForClose(connection);
    assert.equal(reason?.code, 'CONNECTION_OVERFLOW');
  });

  test('falls back to older forms for a peer that lacks the newer, and leaves out what has none', async () => {
    const old =
      visibleFlags & ~(Flag.SEND_SENDER | Flag.EXIT_PAYLOAD | Flag.UNLINK_ID | Flag.ALIAS | Flag.ALTACT_SIG);
    const { near, far } = await connectPair({}, { far: { ...bob, flags: old } });
    const ref = new Reference(bob.name, 9, [1, 2, 3]);
    const events = await droppedDuring(async () => {
      const arrived = receive(far, 4);
      near.send(message, 1);
      near.send({ kind: 'PAYLOAD_EXIT', from, to }, atom('crashed'));
      near.send({ kind: 'UNLINK_ID', id: 5, from, to });
      near.send({ kind: 'ALIAS_SEND', from, to: ref }, 1);
      near.send({ kind: 'ALTACT_SIG_SEND', flags: 9, from, to: 'printer', token: undefined }, 2);
      assert.deepEqual(
        (await arrived).map(({ control, payload }) => [control, payload]),
        [
          [{ kind: 'SEND', to }, 1],
          [{ kind: 'EXIT', from, to, reason: atom('crashed') }, undefined],
          [{ kind: 'UNLINK', from, to }, undefined],
          [{ kind: 'REG_SEND', from, to: 'printer' }, 2],
        ],
      );
    });
    assert.deepEqual(
      events.map(({ reason, op }) => [reason, op]),
      [['not-negotiated', 33]],
    );
  });
});

/** SEND_SENDER of one atom, as OTP 25 sends it. */
function captured(name: string): Uint8Array {
  const pids =
    '58770c6131403132372e302e302e3100000058000000006b03b3f658770d747331403132372e302e302e3100000064000000006b000001';
  return frame(
    `708368036116${pids}8377${Buffer.from([name.length]).toString('hex')}${Buffer.from(name).toString('hex')}`,
  );
}
