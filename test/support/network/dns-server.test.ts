/** The name server of the tests, checked with an independent resolver. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type DnsFailure, type DnsServer, startDnsServer } from './dns-server.ts';

const name = 'mesh.test';

function resolverOf(server: DnsServer): Resolver {
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([server.address]);
  return resolver;
}

test('answers with addresses of the requested family', async () => {
  await using server = await startDnsServer({ [name]: ['10.0.0.7', 'fd12::10', '10.0.0.8', '::1'] });
  const resolver = resolverOf(server);
  assert.deepEqual(await resolver.resolve4(name), ['10.0.0.7', '10.0.0.8']);
  assert.deepEqual(await resolver.resolve6('MESH.test'), ['fd12::10', '::1']);
  assert.deepEqual(server.questions, [
    { name, type: 'A', overTcp: false },
    { name, type: 'AAAA', overTcp: false },
  ]);
});

test('answers with SRV records', async () => {
  const srv = [
    { target: 'a.mesh.test', port: 9100, priority: 10, weight: 5 },
    { target: 'b.mesh.test', port: 9101 },
  ];
  await using server = await startDnsServer({ [name]: { srv } });
  const records = await resolverOf(server).resolveSrv(name);
  assert.deepEqual(
    records.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight })),
    [
      { target: 'a.mesh.test', port: 9100, priority: 10, weight: 5 },
      { target: 'b.mesh.test', port: 9101, priority: 0, weight: 0 },
    ],
  );
});

test('answers with TXT records of one string, of several and of long text', async () => {
  const long = 'x'.repeat(300);
  await using server = await startDnsServer({ [name]: { txt: ['app@10.0.0.7', ['a', 'b'], '', long] } });
  const records = await resolverOf(server).resolveTxt(name);
  assert.deepEqual(records.slice(0, 3), [['app@10.0.0.7'], ['a', 'b'], ['']]);
  assert.deepEqual(
    records[3]?.map((part) => part.length),
    [255, 45],
  );
});

test('has empty answers for types without records, and NXDOMAIN for unknown names', async () => {
  await using server = await startDnsServer({ [name]: ['10.0.0.7'] });
  const resolver = resolverOf(server);
  await assert.rejects(resolver.resolve6(name), { code: 'ENODATA' });
  await assert.rejects(resolver.resolveMx(name), { code: 'ENODATA' });
  await assert.rejects(resolver.resolve4('other.test'), { code: 'ENOTFOUND' });
});

const failures = [
  ['SERVFAIL', 'ESERVFAIL'],
  ['REFUSED', 'EREFUSED'],
  ['NXDOMAIN', 'ENOTFOUND'],
  ['silent', 'ETIMEOUT'],
] as const satisfies readonly (readonly [DnsFailure, string])[];

for (const [failure, code] of failures) {
  test(`fails with ${failure}, for a whole name and for one type, and recovers`, async () => {
    await using server = await startDnsServer({ [name]: failure });
    const resolver = resolverOf(server);
    await assert.rejects(resolver.resolve4(name), { code });
    await assert.rejects(resolver.resolveTxt(name), { code });
    server.zone.set(name, { addresses: ['10.0.0.7', 'fd12::10'], failures: { AAAA: failure } });
    assert.deepEqual(await resolver.resolve4(name), ['10.0.0.7']);
    await assert.rejects(resolver.resolve6(name), { code });
    server.zone.set(name, ['fd12::10']);
    assert.deepEqual(await resolver.resolve6(name), ['fd12::10']);
  });
}

test('truncates marked answers, and sends all of them by TCP', async () => {
  const addresses = ['10.0.0.7', '10.0.0.8', '10.0.0.9'];
  await using server = await startDnsServer({ [name]: { addresses, isTruncated: true } });
  assert.deepEqual(await resolverOf(server).resolve4(name), addresses);
  assert.deepEqual(
    server.questions.map((question) => question.overTcp),
    [false, true],
  );
});

test('truncates answers that are too long for a datagram', async () => {
  const addresses = Array.from({ length: 400 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  await using server = await startDnsServer({ [name]: addresses });
  assert.deepEqual(await resolverOf(server).resolve4(name), addresses);
  assert.equal(server.questions.at(-1)?.overTcp, true);
});

for (const [failure, code] of failures) {
  test(`fails with ${failure} only by TCP`, async () => {
    const entry = { addresses: ['10.0.0.7', '10.0.0.8'], isTruncated: true, overTcp: failure };
    await using server = await startDnsServer({ [name]: entry });
    await assert.rejects(resolverOf(server).resolve4(name), { code });
  });
}

test('keeps to 512 bytes without EDNS', async () => {
  const addresses = Array.from({ length: 40 }, (_, at) => `10.0.0.${at}`);
  await using server = await startDnsServer({ [name]: addresses });
  const socket = createSocket('udp4');
  const answered = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  socket.send(plainQuestion(name), Number(server.address.split(':')[1]), '127.0.0.1');
  const [answer] = (await answered) as [Buffer];
  socket.close();
  assert.ok(answer.length <= 512);
  assert.equal(answer.readUInt16BE(2) & 0x0200, 0x0200, 'the bit for cut off');
  assert.equal(answer.readUInt16BE(6), 1, 'the first record');
});

test('reads questions by TCP however they are split, several on one connection', async () => {
  await using server = await startDnsServer({ [name]: ['10.0.0.7'] });
  const socket = connect(Number(server.address.split(':')[1]), '127.0.0.1');
  const question = plainQuestion(name);
  const framed = Buffer.concat([Buffer.of(0, question.length), question]);
  let received = Buffer.alloc(0);
  const twoAnswers = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 2 * (2 + question.length + 16)) resolve();
    });
  });
  const both = Buffer.concat([framed, framed]);
  for (const part of [both.subarray(0, 1), both.subarray(1, 30), both.subarray(30)]) {
    await new Promise((resolve) => socket.write(part, resolve));
  }
  await twoAnswers;
  socket.destroy();
  assert.equal(received.length, 2 * (2 + question.length + 16));
  assert.equal(server.questions.length, 2);
});

/** For A records, without EDNS. */
function plainQuestion(of: string): Buffer {
  const labels = of.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([Buffer.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0), ...labels, Buffer.of(0, 0, 1, 0, 1)]);
}
