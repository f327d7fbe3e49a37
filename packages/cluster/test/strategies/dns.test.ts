import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitNodeName } from '@convoy/node/names';
import { firstAnswers, testStrategy, type StrategyFixture } from '../../../../test/conformance/strategy.ts';
import { type DnsServer, startDnsServer } from '../../../../test/support/network/dns-server.ts';
import type { SrvRecord } from '../../../../test/support/network/dns-message.ts';
import {
  createDnsNamesStrategy,
  createDnsSrvStrategy,
  createDnsStrategy,
  createDnsTxtStrategy,
} from '../../src/strategies/dns.ts';
import { createRailwayDnsStrategy } from '../../src/platforms/railway/strategies/railway-dns.ts';
import { parseTextRecord } from '../../src/strategies/text-record.ts';

const self = 'app@127.0.0.1';
const timing = { intervalMs: 60_000, timeoutMs: 4000 };

/** With `failing`, every name of the zone fails. */
async function failing(server: DnsServer): Promise<() => Promise<void>> {
  const before = new Map(server.zone);
  for (const name of before.keys()) server.zone.set(name, 'SERVFAIL');
  return async () => {
    for (const [name, entry] of before) server.zone.set(name, entry);
  };
}

testStrategy('dns', async (): Promise<StrategyFixture> => {
  const addresses = ['127.0.0.2', 'fd12::1', '127.0.0.3'];
  const server = await startDnsServer({ 'mesh.test': addresses });
  const strategy = createDnsStrategy({
    query: 'mesh.test',
    basename: 'app',
    server: server.address,
    ...timing,
  });
  const host = (node: string): string => node.slice('app@'.length);
  return {
    strategy,
    self,
    present: addresses.map((address) => `app@${address}`),
    newcomer: 'app@127.0.0.9',
    add: async (node) => void server.zone.set('mesh.test', [...addresses, host(node)]),
    remove: async (node) =>
      void server.zone.set(
        'mesh.test',
        addresses.filter((address) => address !== host(node)),
      ),
    fail: () => failing(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

testStrategy('dns-names', async (): Promise<StrategyFixture> => {
  const server = await startDnsServer({ 'a.test': ['fd12::1'], 'b.test': ['127.0.0.2', 'fd12::2'] });
  const strategy = createDnsNamesStrategy({
    names: ['a.test', 'own@b.test', 'c.test'],
    server: server.address,
    ...timing,
  });
  return {
    strategy,
    self,
    present: ['app@a.test', 'own@b.test'],
    newcomer: 'app@c.test',
    add: async () => void server.zone.set('c.test', ['fd12::3']),
    remove: async (node) => void server.zone.delete(splitNodeName(node).host),
    fail: () => failing(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

testStrategy('railway-dns', async (): Promise<StrategyFixture> => {
  const server = await startDnsServer({ 'web.railway.internal': ['fd12::1'] });
  const services = ['web', 'worker'];
  const strategy = createRailwayDnsStrategy({ services, server: server.address, ...timing });
  return {
    strategy,
    self,
    present: ['app@web.railway.internal'],
    newcomer: 'app@worker.railway.internal',
    add: async () => void server.zone.set('worker.railway.internal', ['fd12::2']),
    remove: async () => void server.zone.delete('web.railway.internal'),
    fail: () => failing(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

testStrategy('dns-srv', async (): Promise<StrategyFixture> => {
  const record = (target: string): SrvRecord => ({ priority: 1, weight: 1, port: 9100, target });
  const server = await startDnsServer({ '_app._tcp.test': { srv: [record('a.test'), record('b.test')] } });
  const set = (...targets: readonly string[]): void => {
    server.zone.set('_app._tcp.test', { srv: targets.map((target) => record(target)) });
  };
  return {
    strategy: createDnsSrvStrategy({ query: '_app._tcp.test', server: server.address, ...timing }),
    self,
    present: ['app@a.test', 'app@b.test'],
    newcomer: 'app@c.test',
    add: async () => set('a.test', 'b.test', 'c.test'),
    remove: async () => set('b.test'),
    fail: () => failing(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

testStrategy('dns-txt', async (): Promise<StrategyFixture> => {
  const server = await startDnsServer({ 'vms.app.test': { txt: ['148e ams,x@10.0.0.7 version=2', 'fra'] } });
  const set = (...txt: readonly string[]): void => void server.zone.set('vms.app.test', { txt });
  return {
    strategy: createDnsTxtStrategy({
      query: 'vms.app.test',
      suffix: '.vm.app.test',
      server: server.address,
      ...timing,
    }),
    self,
    present: ['app@148e.vm.app.test', 'x@10.0.0.7', 'app@fra.vm.app.test'],
    newcomer: 'app@new.vm.app.test',
    add: async () => set('148e', 'x@10.0.0.7', 'fra', 'new'),
    remove: async () => set('x@10.0.0.7', 'fra'),
    fail: () => failing(server),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describe('dns strategies', () => {
  test('an answer that is too long for a datagram is fetched by TCP', async () => {
    const addresses = Array.from({ length: 200 }, (_, at) => `127.0.1.${at}`);
    await using server = await startDnsServer({ 'a.test': addresses });
    const strategy = createDnsStrategy({ query: 'a.test', types: ['a'], server: server.address, ...timing });
    const { answers } = await firstAnswers(strategy, self);
    assert.equal(answers[0]?.peers.length, 200);
    assert.ok(server.questions.some(({ overTcp }) => overTcp));
  });

  test('an answer is partial when one of two families fails', async () => {
    await using server = await startDnsServer({ 'a.test': ['127.0.0.2'], 'b.test': 'SERVFAIL' });
    const strategy = createDnsStrategy({ query: ['a.test', 'b.test'], server: server.address, ...timing });
    const { answers, errors } = await firstAnswers(strategy, self);
    assert.deepEqual(answers, [{ peers: ['app@127.0.0.2'], isComplete: false }]);
    assert.match(
      errors[0]?.message ?? '',
      /records of b\.test at 127\.0\.0\.1:\d+ \(ESERVFAIL\): the name server failed/,
    );
  });

  test('a name that is an address needs no lookup', async () => {
    await using server = await startDnsServer({});
    const names = ['x@127.0.0.7', 'gone.test'];
    const { answers } = await firstAnswers(
      createDnsNamesStrategy({ names, server: server.address, ...timing }),
    );
    assert.deepEqual(answers, [{ peers: ['x@127.0.0.7'], isComplete: true }]);
    assert.ok(server.questions.every(({ name }) => name === 'gone.test'));
  });

  test('a name that does not exist gives an empty answer', async () => {
    await using server = await startDnsServer({});
    const strategy = createDnsStrategy({ query: 'gone.test', server: server.address, ...timing });
    const { answers, errors } = await firstAnswers(strategy, self);
    assert.deepEqual([answers, errors], [[{ peers: [], isComplete: true }], []]);
  });

  test('silence is a failure after the timeout', async () => {
    await using server = await startDnsServer({ 'a.test': 'silent' });
    const strategy = createDnsStrategy({
      query: 'a.test',
      server: server.address,
      intervalMs: 60_000,
      timeoutMs: 200,
    });
    const { answers, errors } = await firstAnswers(strategy, self);
    assert.deepEqual(answers, []);
    assert.match(errors[0]?.message ?? '', /no answer within 200 ms/);
  });

  for (const [what, make] of [
    ['an empty query', () => createDnsStrategy({ query: [] })],
    ['a query that is not a name', () => createDnsStrategy({ query: 'a b' })],
    ['a server that is not an address', () => createDnsStrategy({ query: 'a.test', server: 'dns.test' })],
    ['a basename with @', () => createDnsStrategy({ query: 'a.test', basename: 'a@b' })],
    ['an interval of nothing', () => createDnsSrvStrategy({ query: 'a.test', intervalMs: 0 })],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(make, { code: 'DISCOVERY_BAD_OPTION' });
    });
  }

  for (const server of ['127.0.0.1', '127.0.0.1:53', '[fd12::10]:53', 'fd12::10']) {
    test(`accepts ${server} as a server`, () => {
      createDnsStrategy({ query: 'a.test', server });
    });
  }
});

describe('TXT records', () => {
  test('list hosts or nodes, with tags', () => {
    assert.deepEqual(
      parseTextRecord('app@10.0.0.7 version=2 x=1, 148e ams ,,b region=', ['version', 'region']),
      [
        { host: 'app@10.0.0.7', tags: { version: '2' } },
        { host: '148e', tags: {} },
        { host: 'b', tags: { region: '' } },
      ],
    );
  });

  test('ignore a tag that is too long', () => {
    const [entry] = parseTextRecord(`a version=${'x'.repeat(65)}`, ['version']);
    assert.deepEqual(entry?.tags, {});
  });
});
