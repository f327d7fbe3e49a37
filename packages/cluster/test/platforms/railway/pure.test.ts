/** The parts of the Railway client that do no input or output. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { allPages } from '../../../src/platforms/railway/operations/all-pages.ts';
import { checkServiceName, checkVariables } from '../../../src/platforms/railway/model/check-input.ts';
import { parseEndpoint } from '../../../src/platforms/railway/calls/endpoint.ts';
import { RailwayError } from '../../../src/platforms/railway/model/railway-error.ts';
import { failureOf, parseEnvelope } from '../../../src/platforms/railway/calls/graphql-errors.ts';
import { LogDeduplicator } from '../../../src/platforms/railway/streams/log-deduplicator.ts';
import type { RailwayLogLine } from '../../../src/platforms/railway/model/resources.ts';
import { RequestBudget } from '../../../src/platforms/railway/calls/request-budget.ts';
import { StreamQueue } from '../../../src/platforms/railway/calls/stream-queue.ts';
import { RailwayToken } from '../../../src/platforms/railway/calls/token.ts';

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RailwayError && error.code === code;
}

const meanings: readonly (readonly [string, string])[] = [
  ['Not Authorized', 'RAILWAY_NOT_AUTHORIZED'],
  ['Project Token not found', 'RAILWAY_NOT_AUTHORIZED'],
  ['Two Factor Authentication Required', 'RAILWAY_TWO_FACTOR'],
  ['Free plan resource provision limit exceeded. Please upgrade!', 'RAILWAY_PLAN_LIMIT'],
  ['Service not found', 'RAILWAY_NOT_FOUND'],
  ['Problem processing request', 'RAILWAY_REFUSED'],
];

for (const [said, code] of meanings) {
  test(`"${said}" is ${code}`, () => {
    const error = failureOf([{ message: said }], 'Deploy', String);
    assert.equal(error.code, code);
    assert.equal(error.operation, 'Deploy');
    assert.ok(error.message.includes(said));
  });
}

test('a value that Railway could not read is not repeated', () => {
  const message =
    'Variable "$input" got invalid value { password: "hunter2" } at "input.registryCredentials"; no';
  const error = failureOf([{ message }, { message: 'got invalid value "hunter2"' }], 'Deploy', String);
  assert.ok(!error.message.includes('hunter2'), error.message);
  assert.ok(error.message.includes('registryCredentials'), error.message);
});

test('a value that is not a GraphQL answer is not read as one', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const envelope = parseEnvelope(value);
      assert.ok(envelope === undefined || typeof value === 'object');
    }),
  );
  assert.equal(
    parseEnvelope({ errors: [{ message: 'x'.repeat(10_000) }] })?.errors?.[0]?.message.length,
    500,
  );
});

test('a token is never shown, and is redacted from texts', () => {
  const token = new RailwayToken(' sec-ret-1234 \n');
  for (const shown of [
    String(token),
    JSON.stringify({ token }),
    inspect(token, { showHidden: true, depth: 9 }),
  ]) {
    assert.ok(!shown.includes('sec-ret-1234'), shown);
  }
  assert.equal(token.redact('bad sec-ret-1234!'), 'bad [token]!');
  assert.deepEqual(token.headers('bearer'), { Authorization: 'Bearer sec-ret-1234' });
  assert.deepEqual(token.headers('project'), { 'Project-Access-Token': 'sec-ret-1234' });
  for (const bad of ['', ' ', 'a b', 'a\nb', 'ü', 'x'.repeat(5000)]) {
    assert.throws(
      () => new RailwayToken(bad),
      (error) => {
        assert.ok(hasCode('RAILWAY_BAD_INPUT')(error));
        return bad.length < 3 || !(error as Error).message.includes(bad);
      },
    );
  }
});

test('the endpoint is HTTPS, or plain HTTP on loopback', () => {
  assert.equal(parseEndpoint().socket, 'wss://backboard.railway.com/graphql/v2');
  assert.equal(parseEndpoint('http://127.0.0.1:9/graphql/v2').socket, 'ws://127.0.0.1:9/graphql/v2');
  assert.equal(parseEndpoint('http://[::1]:9/x').http, 'http://[::1]:9/x');
  for (const bad of [
    'http://example.org/',
    'ftp://127.0.0.1/',
    'nonsense',
    'https://user:secret@example.org/',
  ]) {
    assert.throws(
      () => parseEndpoint(bad),
      (error) => {
        assert.ok(!(error as Error).message.includes('secret'));
        return hasCode('RAILWAY_BAD_ENDPOINT')(error);
      },
    );
  }
});

test('names of services are host names, and not reserved', () => {
  for (const good of ['a', 'web-1', 'convoy-7f3a']) checkServiceName(good);
  const bad = [
    '',
    '-a',
    'a-',
    'A',
    'a_b',
    'a.b',
    'x'.repeat(33),
    'railway',
    'internal',
    'railway-internal-1',
  ];
  for (const name of bad) assert.throws(() => checkServiceName(name), hasCode('RAILWAY_BAD_INPUT'), name);
});

test('a refused variable does not show its value', () => {
  assert.throws(
    () => checkVariables({ COOKIE: `s3cret${'x'.repeat(40_000)}` }),
    (error) => hasCode('RAILWAY_BAD_INPUT')(error) && !(error as Error).message.includes('s3cret'),
  );
  assert.throws(() => checkVariables({ 'a b': '' }), hasCode('RAILWAY_BAD_INPUT'));
  checkVariables({ RELEASE_COOKIE: 'x', _A1: '' });
});

test('lists are read to their last page, and those that never end are refused', async () => {
  const all = Array.from({ length: 7 }, (_, index) => index);
  const ask = async ({ after = '0' }: { after?: string | undefined }) => {
    const from = Number(after);
    return { items: all.slice(from, from + 3), next: from + 3 < all.length ? String(from + 3) : undefined };
  };
  assert.deepEqual(await allPages(ask), all);
  await assert.rejects(
    allPages(async () => ({ items: [1], next: 'same' })),
    hasCode('RAILWAY_BAD_ANSWER'),
  );
  let page = 0;
  const endless = async () => ({ items: [], next: String((page += 1)) });
  await assert.rejects(allPages(endless), hasCode('RAILWAY_BAD_ANSWER'));
});

function headers(fields: Record<string, string>): { get(name: string): string | null } {
  return { get: (name) => fields[name] ?? null };
}

test('the budget reserves the last requests for cleaning up', () => {
  const budget = new RequestBudget(10);
  const now = 1_800_000_000_000;
  assert.equal(budget.waitMs(now, false), 0);
  budget.learn(
    headers({
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '11',
      'x-ratelimit-reset': String(now / 1000 + 60),
    }),
    now,
  );
  assert.equal(budget.waitMs(now, false), 0);
  budget.spend();
  assert.equal(budget.waitMs(now, false), 60_000);
  assert.equal(budget.waitMs(now, true), 0);
  assert.equal(budget.waitMs(now + 60_000, false), 0);
});

test('Retry-After is obeyed, as seconds or as a date, within bounds', () => {
  const now = 1_800_000_000_000;
  const date = new Date(now + 5000).toUTCString();
  for (const [text, ms] of [
    ['5', 5000],
    [date, 5000],
    ['0', 100],
    ['nonsense', 1000],
    ['999999999', 3_600_000],
  ] as const) {
    const budget = new RequestBudget(0);
    assert.equal(budget.block(headers({ 'retry-after': text }), now), now + ms, text);
    assert.equal(budget.waitMs(now, true), ms, text);
  }
});

test('no headers make a request wait longer than an hour, or a negative time', () => {
  const field = fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String));
  fc.assert(
    fc.property(field, field, field, (limit, remaining, reset) => {
      const budget = new RequestBudget(10);
      budget.learn(
        headers({
          'x-ratelimit-limit': limit,
          'x-ratelimit-remaining': remaining,
          'x-ratelimit-reset': reset,
        }),
        1e12,
      );
      const waitMs = budget.waitMs(1e12, false);
      assert.ok(waitMs >= 0 && waitMs <= 3_600_000, String(waitMs));
    }),
  );
});

function lineOf(number: number): RailwayLogLine {
  return {
    timestamp: `t${number}`,
    at: number,
    text: `line ${number}`,
    severity: undefined,
    instanceId: undefined,
  };
}

test('every line passes the deduplicator once, however often connections repeat the last ones', () => {
  // Each group is one text at one timestamp, printed so many times. A repetition begins between two timestamps.
  const groups = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 20 });
  const cuts = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 10 })), { maxLength: 5 });
  fc.assert(
    fc.property(groups, cuts, (groups, cuts) => {
      const numbers = groups.flatMap((times, group) => Array<number>(times).fill(group));
      const lines = numbers.map(lineOf);
      const deduplicator = new LogDeduplicator(100);
      const passed: RailwayLogLine[] = [];
      let seen = 0;
      for (const [at, repeated] of [...cuts, [60, 0] as const].sort(([a], [b]) => a - b)) {
        passed.push(...deduplicator.filter(lines.slice(seen, Math.max(seen, at))));
        seen = Math.min(lines.length, Math.max(seen, at));
        const from = Math.max(0, (numbers[seen - 1] ?? 0) - repeated);
        deduplicator.restart();
        passed.push(...deduplicator.filter(lines.slice(numbers.indexOf(from), seen)));
      }
      assert.deepEqual(passed, lines);
    }),
  );
});

test('a queue returns its items in order, then its end, and refuses more than it can hold', async () => {
  const queue = new StreamQueue<number>(2);
  assert.deepEqual([queue.push(1), queue.push(2), queue.push(3)], [true, true, false]);
  queue.end(new Error('over'));
  const read: number[] = [];
  await assert.rejects(async () => {
    for await (const item of queue.read()) read.push(item);
  }, /over/);
  assert.deepEqual(read, [1, 2]);
  assert.equal(queue.push(4), false);
});
