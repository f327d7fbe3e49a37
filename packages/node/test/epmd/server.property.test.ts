/** Any split of a request gives the same answer, and nothing a stranger sends ends the daemon. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { EpmdClient, type EpmdServer, startEpmdServer } from '../../src/epmd/index.ts';
import {
  decodeRequest,
  encodeLookupRequest,
  encodePlainRequest,
  encodeRegisterRequest,
} from '../../src/epmd/messages.ts';
import { RequestReader } from '../../src/epmd/request-reader.ts';
import { DecodeError } from '../../src/errors.ts';
import { openRaw } from './raw-client.ts';

let server: EpmdServer;
before(async () => {
  server = await startEpmdServer({ port: 0, packetTimeoutMs: 10_000 });
  const client = new EpmdClient({ port: server.port });
  await client.register({ name: 'known', port: 1234 });
});
after(() => server.close());

const requests = [encodeLookupRequest('known'), encodeLookupRequest('unknown'), encodePlainRequest('names')];

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

async function ask(parts: readonly Uint8Array[]): Promise<string> {
  using raw = await openRaw(server.port);
  await raw.send(...parts.filter((part) => part.length > 0));
  return Buffer.from(await raw.waitForClose()).toString('hex');
}

test('any split of a request gives the same answer', async () => {
  const split_ = fc.record({
    request: fc.constantFrom(...requests),
    cuts: fc.array(fc.nat(100), { maxLength: 6 }),
  });
  const check = async ({ request, cuts }: { request: Uint8Array; cuts: number[] }): Promise<void> =>
    assert.equal(await ask(split(request, cuts)), await ask([request]));
  await fc.assert(fc.asyncProperty(split_, check), { numRuns: 60 });
});

test('garbage is answered by a close, and the daemon lives on', async () => {
  const garbage = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 80 }),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((body) => Buffer.from([0, body.length, ...body])),
    fc
      .tuple(fc.constantFrom(120, 122, 110, 100, 115), fc.uint8Array({ maxLength: 60 }))
      .map(([tag, body]) => Buffer.from([0, body.length + 1, tag, ...body])),
  );
  const check = async (bytes: Uint8Array): Promise<void> => {
    using raw = await openRaw(server.port);
    await raw.send(bytes);
    raw.end();
    await raw.waitForClose();
    assert.equal((await new EpmdClient({ port: server.port }).lookup('known'))?.port, 1234);
  };
  await fc.assert(fc.asyncProperty(garbage, check), { numRuns: 100 });
});

test('a request reads as it was written, and a truncated one is an error', () => {
  const entry = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((name) => !name.includes('\0')),
    port: fc.nat(65_535),
    nodeType: fc.constantFrom(72, 77),
    protocol: fc.constant(0),
    highestVersion: fc.nat(65_535),
    lowestVersion: fc.nat(65_535),
    extra: fc.uint8Array({ maxLength: 50 }),
  });
  fc.assert(
    fc.property(entry, fc.nat(), (given, at) => {
      const body = encodeRegisterRequest(given).subarray(2);
      const decoded = decodeRequest(body);
      assert.ok(decoded.kind === 'register' && decoded.isAcceptable);
      assert.deepEqual(
        { ...decoded.entry, extra: [...decoded.entry.extra] },
        { ...given, extra: [...given.extra] },
      );
      assert.throws(() => decodeRequest(body.subarray(0, at % body.length)), DecodeError);
    }),
  );
});

test('the reader never holds more than one request', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 4000 }), { maxLength: 5 }), (chunks) => {
      const reader = new RequestReader();
      let total = 0;
      try {
        for (const chunk of chunks) {
          total += chunk.length;
          const body = reader.push(chunk);
          assert.ok(body === undefined || body.length + 2 === total);
        }
      } catch (error) {
        assert.ok(error instanceof DecodeError);
      }
    }),
  );
});
