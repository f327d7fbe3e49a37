import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as messages from '../../src/distribution/handshake-messages.ts';
import { DecodeError } from '../../src/errors.ts';

/** Captured from a connection between a foreign node and OTP 25, without the length prefix. */
const captured = {
  name: hex('4e0000000d075f5fbc6b000001000d747331403132372e302e302e31'),
  status: hex('736f6b'),
  challenge: hex('4e0000000d07df7fbd74f45d6c6b03b3f5000c6131403132372e302e302e31'),
  reply: hex('72d335ed2d423090a2b549fae2463da0f7551461ca'),
  ack: hex('610a85a3026d0a2d8b773d1b72c4b96267'),
};

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function same(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(Buffer.from(actual).toString('hex'), Buffer.from(expected).toString('hex'));
}

describe('handshake messages', () => {
  test('a name is that of the capture, both ways', () => {
    const name = { flags: 0xd075f5fbcn, creation: 0x6b000001, name: 'ts1@127.0.0.1' };
    assert.deepEqual(messages.decodeName(captured.name), name);
    same(messages.encodeName(name), captured.name);
  });

  test('statuses are those of the captures, both ways', () => {
    const statuses = {
      ok: '736f6b',
      alive: '73616c697665',
      true: '7374727565',
      ok_simultaneous: '736f6b5f73696d756c74616e656f7573',
      nok: '736e6f6b',
      not_allowed: '736e6f745f616c6c6f776564',
    };
    for (const [status, bytes] of Object.entries(statuses)) {
      assert.equal(messages.decodeStatus(hex(bytes)), status);
      same(messages.encodeStatus(status), hex(bytes));
    }
  });

  test('a challenge is that of the capture, both ways', () => {
    const challenge = {
      flags: 0xd07df7fbdn,
      challenge: 0x74f45d6c,
      creation: 0x6b03b3f5,
      name: 'a1@127.0.0.1',
    };
    assert.deepEqual(messages.decodeChallenge(captured.challenge), challenge);
    same(messages.encodeChallenge(challenge), captured.challenge);
  });

  test('a reply and an acknowledgement are those of the capture, both ways', () => {
    const reply = messages.decodeChallengeReply(captured.reply);
    assert.equal(reply.challenge, 0xd335ed2d);
    same(messages.encodeChallengeReply(reply), captured.reply);
    same(messages.encodeChallengeAck(messages.decodeChallengeAck(captured.ack)), captured.ack);
  });

  test('bytes after a name are ignored, as OTP ignores them', () => {
    const longer = Buffer.concat([captured.name, hex('ffff')]);
    assert.deepEqual(messages.decodeName(longer), messages.decodeName(captured.name));
  });

  test('the old form of OTP 22 is told apart', () => {
    assert.ok(messages.isOldForm(hex('6e000501df7fbd723233403132372e302e302e31')));
    assert.ok(!messages.isOldForm(captured.name));
    const old = messages.decodeOldName(hex('6e000501df7fbd723233403132372e302e302e31'));
    assert.deepEqual(old, { flags: 0x1df7fbdn, creation: 0, name: 'r23@127.0.0.1' });
    const rest = messages.decodeComplement(hex('630000000100000017'));
    assert.deepEqual(rest, { flags: 0x100000000n, creation: 0x17 });
  });

  test('every truncation is a DecodeError', () => {
    const decoders = [
      [messages.decodeName, captured.name],
      [messages.decodeChallenge, captured.challenge],
      [messages.decodeChallengeReply, captured.reply],
      [messages.decodeChallengeAck, captured.ack],
      [messages.decodeComplement, hex('630000000100000017')],
    ] as const;
    for (const [decode, bytes] of decoders) {
      for (let length = 0; length < bytes.length; length += 1) {
        assert.throws(() => decode(bytes.slice(0, length)), DecodeError, `${decode.name} of ${length} bytes`);
      }
    }
  });

  test('another message than the one expected is a DecodeError', () => {
    assert.throws(() => messages.decodeStatus(captured.name), { code: 'DECODE_BAD_TAG' });
    assert.throws(() => messages.decodeName(hex('474554202f')), { code: 'DECODE_BAD_TAG' });
  });
});
