import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { atom, type Term, TermMap, tuple } from '@convoy/node';
import { encode } from '@convoy/node/etf';
import fc from 'fast-check';
import { GossipCodec } from '../../src/strategies/gossip-packet.ts';
import { anyText } from '../../../../test/support/texts/any-text.ts';
import { runsOf } from '../../../../test/support/extent.ts';

const node = 'app@127.0.0.1';
const secret = 'somepassword';
/** Sent by libcluster 3.5 on OTP 25, which uses the old tag for atoms, and on OTP 26. */
const clearOld = bytes('6865617274626561743a3a8374000000016400046e6f646564000d617070403132372e302e302e31');
const clearNew = bytes('6865617274626561743a3a83740000000177046e6f6465770d617070403132372e302e302e31');
const encryptedNew = bytes(
  '000102030405060708090a0b0c0d0e0f0293fcf646d248542d82eea283216c7322ac48cf7a68d5740ecf95df7fc4483263815403e917f623e7683d47cba78810',
);
const countingIv = Uint8Array.from({ length: 16 }, (_, at) => at);
const inClear = new GossipCodec();
const inSecret = new GossipCodec({ secret });

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** An unencrypted datagram that contains any term. */
function heartbeat(term: Term): Buffer {
  return heartbeatOf(encode(term));
}

function heartbeatOf(term: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('heartbeat::'), term]);
}

function encrypt(clear: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(secret).digest(), countingIv);
  return Buffer.concat([countingIv, cipher.update(clear), cipher.final()]);
}

test('reads what libcluster sends, with either tag of atoms', () => {
  assert.deepEqual(inClear.decode(clearOld), { node });
  assert.deepEqual(inClear.decode(clearNew), { node });
  assert.deepEqual(inSecret.decode(encryptedNew), { node });
  assert.deepEqual(inSecret.decode(encrypt(clearOld)), { node });
});

test('writes what libcluster writes', () => {
  assert.deepEqual(Buffer.from(inClear.encode(node)), clearNew);
  assert.deepEqual(Buffer.from(inSecret.encode(node, { iv: countingIv })), encryptedNew);
});

test('accepts the secret as text or as bytes', () => {
  const codec = new GossipCodec({ secret: Buffer.from(secret) });
  assert.deepEqual(codec.decode(encryptedNew), { node });
  const umlaut = new GossipCodec({ secret: 'süß' });
  assert.deepEqual(new GossipCodec({ secret: Buffer.from('süß', 'utf8') }).decode(umlaut.encode(node)), {
    node,
  });
});

test('gives every encrypted heartbeat an IV of its own', () => {
  const ivs = Array.from({ length: 8 }, () => Buffer.from(inSecret.encode(node)).toString('hex', 0, 16));
  assert.equal(new Set(ivs).size, ivs.length);
});

test('ignores the other form, and other secrets', () => {
  assert.equal(inSecret.decode(clearNew), undefined);
  assert.equal(inClear.decode(encryptedNew), undefined);
  assert.equal(new GossipCodec({ secret: 'another' }).decode(encryptedNew), undefined);
});

test('refuses an empty secret, and names that are not node names', () => {
  assert.throws(() => new GossipCodec({ secret: '' }), { code: 'DISCOVERY_BAD_OPTION' });
  for (const name of ['', 'app', 'app@', '@host', 'a@b@c', `a@${'x'.repeat(254)}`, 'a@b\u001b[31m']) {
    assert.throws(() => inClear.encode(name), { code: 'NODE_BAD_NAME' }, name);
  }
});

test('allows other keys in a heartbeat', () => {
  const term = new TermMap([
    [atom('version'), tuple(3, 5)],
    [atom('node'), atom(node)],
  ]);
  assert.deepEqual(inClear.decode(heartbeat(term)), { node });
});

test('ignores terms that are not heartbeats', () => {
  const nodeKey = atom('node');
  const others: Term[] = [
    new TermMap(),
    new TermMap([[nodeKey, Buffer.from(node)]]),
    new TermMap([[nodeKey, node]]),
    new TermMap([[nodeKey, true]]),
    new TermMap([[nodeKey, null]]),
    new TermMap([[nodeKey, [atom(node)]]]),
    new TermMap([[atom('name'), atom(node)]]),
    new TermMap([[Buffer.from('node'), atom(node)]]),
    tuple(nodeKey, atom(node)),
    [tuple(nodeKey, atom(node))],
    atom(node),
  ];
  for (const term of others) assert.equal(inClear.decode(heartbeat(term)), undefined, String(term));
});

test('ignores names that no node can have', () => {
  for (const name of ['app', 'app@', '@host', 'a@b@c', 'a@b c', 'a@\u001b]52;c;x\u0007', 'ä@host']) {
    assert.equal(inClear.decode(heartbeat(new TermMap([[atom('node'), atom(name)]]))), undefined, name);
  }
});

test('ignores bytes after a heartbeat, and datagrams that are too long', () => {
  assert.equal(inClear.decode(Buffer.concat([clearNew, Buffer.of(0)])), undefined);
  const padded = (size: number): Buffer =>
    heartbeat(
      new TermMap([
        [atom('node'), atom(node)],
        [atom('pad'), Buffer.alloc(size)],
      ]),
    );
  assert.deepEqual(inClear.decode(padded(1000)), { node });
  assert.equal(inClear.decode(padded(65_000)), undefined);
});

test('inflates no more bytes than a heartbeat may have', () => {
  const compressed = (term: Term): Buffer => {
    const plain = encode(term).subarray(1);
    const head = Buffer.from([131, 80, 0, 0, 0, 0]);
    head.writeUInt32BE(plain.length, 2);
    return heartbeatOf(Buffer.concat([head, deflateSync(plain)]));
  };
  const small = new TermMap([[atom('node'), atom(node)]]);
  assert.deepEqual(inClear.decode(compressed(small)), { node });
  const bomb = compressed(small.with(atom('pad'), Buffer.alloc(1_000_000)));
  assert.ok(bomb.length < 4096);
  assert.equal(inClear.decode(bomb), undefined);
});

const names = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9_.+-]{1,100}$/), fc.stringMatching(/^[a-z][a-z0-9-]{0,98}[a-z0-9]$/))
  .map(([name, host]) => `${name}@${host}`);
const secrets = fc.option(anyText({ minLength: 1, maxLength: 40 }), { nil: undefined });

test('reads what it writes, and nothing that was truncated', () => {
  fc.assert(
    fc.property(names, secrets, (name, shared) => {
      const codec = new GossipCodec({ secret: shared });
      const datagram = codec.encode(name);
      assert.deepEqual(codec.decode(datagram), { node: name });
      for (let length = 0; length < datagram.length; length += 1) {
        assert.equal(codec.decode(datagram.subarray(0, length)), undefined);
      }
    }),
    { numRuns: 200 },
  );
});

test('never throws for what unknown senders send', () => {
  const anything = fc.uint8Array({ maxLength: 200 });
  const termBytes = anything.map((rest) => heartbeatOf(Buffer.concat([Buffer.of(131), rest])));
  const changed = fc
    .tuple(fc.nat(clearNew.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, mask]) => clearNew.map((byte, index) => (index === at ? byte ^ mask : byte)));
  const clear = fc.oneof(anything, termBytes, changed);
  fc.assert(
    fc.property(clear, (datagram) => {
      for (const heard of [
        inClear.decode(datagram),
        inSecret.decode(datagram),
        inSecret.decode(encrypt(datagram)),
      ]) {
        if (heard !== undefined) assert.match(heard.node, /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/);
      }
    }),
    { numRuns: runsOf(3000) },
  );
});
