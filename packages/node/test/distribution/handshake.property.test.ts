import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hiddenFlags } from '../../src/distribution/flags.ts';
import * as messages from '../../src/distribution/handshake-messages.ts';
import {
  acceptHandshake,
  type HandshakePort,
  initiateHandshake,
  type LocalNode,
} from '../../src/distribution/handshake.ts';
import { HandshakeError } from '../../src/errors.ts';

const self: LocalNode = { name: 'me@host', creation: 1, cookie: 'C', hidden: true };

function scripted(script: readonly Uint8Array[]): HandshakePort {
  const left = [...script];
  return { send: () => undefined, receive: () => Promise.resolve(left.shift()) };
}

const nodeName = fc.stringMatching(/^[a-z]{1,10}@[a-z.]{1,10}$/);
const name = fc.record({ flags: fc.bigInt(0n, 2n ** 64n - 1n), creation: fc.nat(), name: nodeName });
const messageLike = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  name.map(messages.encodeName),
  fc.record({ flags: fc.constant(hiddenFlags), creation: fc.nat(), name: nodeName }).map(messages.encodeName),
  fc.constantFrom('ok', 'nok', 'alive', 'true', 'named:').map(messages.encodeStatus),
  fc
    .record({
      flags: fc.constant(hiddenFlags),
      creation: fc.nat(),
      challenge: fc.nat(),
      name: fc.constant('peer@host'),
    })
    .map(messages.encodeChallenge),
);

test('names and challenges survive both ways', () => {
  fc.assert(
    fc.property(name, fc.nat(), (message, challenge) => {
      assert.deepEqual(messages.decodeName(messages.encodeName(message)), { ...message });
      const whole = { ...message, challenge };
      assert.deepEqual(messages.decodeChallenge(messages.encodeChallenge(whole)), whole);
    }),
  );
});

test('whatever a peer sends, a handshake ends in success or a HandshakeError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(messageLike, { maxLength: 5 }), fc.boolean(), async (script, dialling) => {
      const half = dialling
        ? initiateHandshake(scripted(script), { self, peer: 'peer@host' })
        : acceptHandshake(scripted(script), { self, decide: () => 'ok' });
      await half.then(
        () => assert.fail('it succeeds without the cookie'),
        (error: unknown) => assert.ok(error instanceof HandshakeError, String(error)),
      );
    }),
    { numRuns: 500 },
  );
});
