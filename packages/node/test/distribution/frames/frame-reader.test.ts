import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, encode, Fun, Pid, type Term, tuple } from '../../../src/etf/index.ts';
import { encodeFrame, type Frame, FrameSink, FrameSource } from '../frame-bytes.ts';

const from = new Pid('a@h', 1, 0, 1);
const to = new Pid('b@h', 2, 0, 2);

function bytesOf(...hex: readonly string[]): Uint8Array {
  return Buffer.from(hex.join(''), 'hex');
}

function framed(content: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** The atoms that OTP 25 had sent before the frames below: node names in slots 0x722 and 0x229. */
const namesKnown = framed(
  bytesOf(
    '834402',
    // Two new entries, in the segments 7 and 2.
    'af00',
    `2205${Buffer.from('a@one').toString('hex')}`,
    `2905${Buffer.from('b@two').toString('hex')}`,
    '680361016103',
  ),
);

describe('frames with a distribution header', () => {
  test('refer to atoms of earlier frames, and add new ones, as OTP 25 sends them', () => {
    const source = new FrameSource('header');
    source.read(namesKnown);
    const [hello] = source.read(
      bytesOf(
        '00000032834403270f2229780568656c6c6f',
        '680361165852000000008c000000006b03b3f658520100000064000000006b0000015202',
      ),
    );
    assert.deepEqual(hello, {
      control: {
        kind: 'SEND_SENDER',
        from: new Pid('a@one', 0x8c, 0, 0x6b03b3f6),
        to: new Pid('b@two', 0x64, 0, 0x6b000001),
      },
      payload: atom('hello'),
    });
    const tiny = '00000048834406278d8e002229750474696e790500b60161010474727565';
    const [message, ...rest] = source.read(
      bytesOf(
        tiny,
        '68036116585200000000f6000000006b03b3f658520100000064000000006b000001680552025203520452035205',
        '0000003b8344062705060022297505b601',
        '68036116585200000000f7000000006b03b3f658520100000064000000006b000001680552025203520452035205',
      ),
    );
    const wanted = tuple(atom('tiny'), atom(''), atom('a'), atom(''), true);
    assert.deepEqual([message?.payload, ...rest.map(({ payload }) => payload)], [wanted, wanted]);
  });

  test('carry a fun whose bytes do without the header, and which is relayed as it was', () => {
    // Three atoms: the node's name, known, and the new ones foo and bar. The fun has one free variable, the atom bar.
    const head = bytesOf('834403', 'a20a', '29', '0003666f6f', '0103626172');
    const control = bytesOf('680361165852000000008c000000006b03b3f658520000000064000000006b000001');
    const fields = ['70', '00000000', '00', '00112233445566778899aabbccddeeff', '00000003', '00000001'];
    const fun = bytesOf(...fields, '5201', '6103', '6107', '5852000000000100000000', '6b000001', '5202');
    const source = new FrameSource('header');
    source.read(namesKnown);
    const [message] = source.read(framed(Buffer.concat([head, control, fun])));
    const { payload } = message ?? {};
    assert.ok(payload instanceof Fun);
    assert.equal(payload.module, 'foo');
    const text = Buffer.from(payload.bytes).toString('latin1');
    for (const name of ['\x77\x03foo', '\x77\x05b@two', '\x77\x03bar']) assert.ok(text.includes(name), name);
    assert.equal(Buffer.from(payload.bytes).readUInt32BE(1), payload.bytes.length - 1);
    assert.ok(Buffer.from(encode(payload)).subarray(1).equals(Buffer.from(payload.bytes)));
  });

  test('that refer to an empty slot, or to more atoms than there are, break the connection or the message', () => {
    assert.throws(() => new FrameSource('header').read(framed(bytesOf('83440107', '00', '68'))), {
      code: 'DECODE_BAD_VALUE',
    });
    const source = new FrameSource('header');
    assert.deepEqual(source.read(framed(bytesOf('834400', '68026101', '5209'))), []);
    assert.deepEqual(
      source.dropped.map(({ reason }) => reason),
      ['malformed'],
    );
  });

  test('are written without references', () => {
    const hex = encodeFrame({ control: { kind: 'SEND_SENDER', from, to }, payload: atom('x') }, 'header');
    assert.ok(hex.slice(8).startsWith('834400680361'));
    const [message] = new FrameSource('header').read(Buffer.from(hex, 'hex'));
    assert.deepEqual(message, { control: { kind: 'SEND_SENDER', from, to }, payload: atom('x') });
  });

  test('have no other beginning', () => {
    for (const bytes of ['70836803', '8347', '83']) {
      assert.throws(() => new FrameSource('header').read(framed(bytesOf(bytes))), { code: 'DECODE_BAD_TAG' });
    }
    for (const bytes of ['834400', '70', '7068']) {
      assert.throws(() => new FrameSource('pass-through').read(framed(bytesOf(bytes))), {
        code: 'DECODE_BAD_TAG',
      });
    }
  });
});

describe('frames that repeat the bytes of the one before', () => {
  const message = (payload: Term, toId: number = 2): Frame => ({
    control: { kind: 'SEND_SENDER', from, to: new Pid('b@h', toId, 0, 2) },
    payload,
  });

  test('mean the same, in one object, and others something else', () => {
    for (const framing of ['header', 'pass-through'] as const) {
      const sink = new FrameSink({ framing, hasAtomCache: framing === 'header' });
      const source = new FrameSource(framing);
      const sent = [message(1), message(2), message(3), message(4, 7), message(5), message(6)];
      const received = source.read(Buffer.concat(sent.map((one) => sink.write(one).slice())));
      assert.deepEqual(received, sent);
      const [, second, third, other] = received.map(({ control }) => control);
      assert.equal(second, third);
      assert.notEqual(third, other);
    }
  });

  test('mean what their atoms are now, when slots were filled again', () => {
    const source = new FrameSource('header');
    source.read(namesKnown);
    const control = '680361165852000000008c000000006b03b3f658520100000064000000006b000001';
    const known = framed(bytesOf('834402', '2700', '2229', control, '6101'));
    const nodes = (bytes: Uint8Array): string[] =>
      source.read(bytes).map(({ control: read }) => (read.kind === 'SEND_SENDER' ? read.from.node : ''));
    assert.deepEqual([nodes(known), nodes(known)], [['a@one'], ['a@one']]);
    const renamed = framed(
      bytesOf('834402', '2f00', `2205${Buffer.from('c@six').toString('hex')}`, '29', control, '6102'),
    );
    assert.deepEqual([nodes(renamed), nodes(known), nodes(known)], [['c@six'], ['c@six'], ['c@six']]);
  });

  test('with terms in the control message are decoded each time: a receiver may change what it gets', () => {
    const exit = {
      control: { kind: 'EXIT', from, to, reason: new Uint8Array([1, 2]) },
      payload: undefined,
    } as const;
    const bytes = bytesOf(encodeFrame(exit));
    const [first, second] = new FrameSource('pass-through').read(Buffer.concat([bytes, bytes]));
    assert.ok(first?.control.kind === 'EXIT' && second?.control.kind === 'EXIT');
    assert.notEqual(first.control.reason, second.control.reason);
  });
});

describe('fragments', () => {
  test('arrive whole wherever the bytes are cut, the first in memory of its own or not', () => {
    const payload = Buffer.alloc(70_000, 'content');
    const body = bytesOf(
      encodeFrame({ control: { kind: 'SEND_SENDER', from, to }, payload }, 'header'),
    ).subarray(7);
    const head = (tag: string, fragment: string): string =>
      `83${tag}${'0'.repeat(15)}7${'0'.repeat(15)}${fragment}`;
    for (const split of [66_000, 69_000, body.length - 1]) {
      const stream = Buffer.concat([
        framed(Buffer.concat([bytesOf(head('45', '2'), '00'), body.subarray(0, split)])),
        framed(Buffer.concat([bytesOf(head('46', '1')), body.subarray(split)])),
      ]);
      for (const cut of [0, 3, 4, 5, 30, 65_000, split, split + 30, stream.length - 1]) {
        const source = new FrameSource('header');
        const messages = [...source.read(stream.subarray(0, cut)), ...source.read(stream.subarray(cut))];
        assert.equal(messages.length, 1);
        assert.ok(payload.equals(messages[0]?.payload as Uint8Array), `${split} ${cut}`);
        assert.equal(source.reader.control?.kind, 'SEND_SENDER');
      }
    }
  });
});

describe('a message over the limit', () => {
  const large = encodeFrame({ control: { kind: 'SEND_SENDER', from, to }, payload: new Uint8Array(5000) });
  const exit = encodeFrame({ control: { kind: 'PAYLOAD_EXIT', from, to }, payload: new Uint8Array(5000) });
  const small = encodeFrame({ control: { kind: 'SEND_SENDER', from, to }, payload: 1 });

  test('is dropped, with its operation, and the next one arrives', () => {
    const source = new FrameSource('pass-through', { maxFrameBytes: 1000 });
    const messages = source.read(bytesOf(large, small));
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [1],
    );
    assert.deepEqual(
      source.dropped.map(({ reason, op }) => [reason, op]),
      [['limit', 22]],
    );
  });

  test('in one of its fragments is dropped as well', () => {
    const control = encodeFrame({ control: { kind: 'SEND_SENDER', from, to }, payload: 1 }, 'header');
    const head = (tag: string, fragment: string): string =>
      `83${tag}${'0'.repeat(15)}7${'0'.repeat(15)}${fragment}`;
    const first = framed(bytesOf(head('45', '2'), '00', control.slice(14, -4)));
    const second = framed(Buffer.concat([bytesOf(head('46', '1')), new Uint8Array(2000)]));
    const source = new FrameSource('header', { maxFrameBytes: 1000 });
    const messages = source.read(Buffer.concat([first, second, bytesOf(control)]));
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [1],
    );
    assert.deepEqual(
      source.dropped.map(({ reason, op }) => [reason, op]),
      [['limit', 22]],
    );
  });

  test('that is the exit of a linked process arrives without its reason', () => {
    const source = new FrameSource('pass-through', { maxFrameBytes: 1000 });
    assert.deepEqual(source.read(bytesOf(exit)), [
      { control: { kind: 'PAYLOAD_EXIT', from, to }, payload: atom('unreadable_reason') },
    ]);
    assert.equal(source.dropped.length, 1);
  });
});
