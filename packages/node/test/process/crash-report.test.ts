import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type CrashReport, ErlangError, formatCrashReport, serveGenServer, tuple } from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';
import { createCrashPrinter } from '../../src/node/options/crash-printer.ts';
import { ManualClock } from '../net/manual-clock.ts';

const base: CrashReport = {
  node: 'web@h',
  pid: '<0.7.0>',
  name: undefined,
  error: new Error('no good'),
  lastMessage: undefined,
  waitingMessages: 0,
};

describe('the report of a crash', () => {
  test('has the process, the stack, the last message and how many were waiting', () => {
    const text = formatCrashReport({
      ...base,
      name: 'printer',
      lastMessage: { term: tuple(atom('print'), 'text') },
      waitingMessages: 2,
    });
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 2), [
      'process printer (<0.7.0>) of web@h has crashed:',
      '  Error: no good',
    ]);
    assert.match(lines[2] ?? '', /^ {6}at .*crash-report\.test/);
    assert.deepEqual(lines.slice(-2), [
      '  last message: {:print, "text"}',
      '  2 messages were waiting for it',
    ]);
  });

  test('is bounded, and says what cannot be read', () => {
    const long = formatCrashReport({ ...base, lastMessage: { term: 'x'.repeat(1_000_000) } });
    assert.ok(long.length < 5000);
    const proxy = new Proxy(new Error('hidden'), {
      get: () => {
        throw new Error('no');
      },
    });
    assert.match(formatCrashReport({ ...base, error: proxy }), /a value that cannot be read/);
    assert.match(formatCrashReport({ ...base, error: 'only text' }), /thrown: only text/);
  });

  test('is printed at most ten times in ten seconds, and the others are counted', () => {
    const clock = new ManualClock();
    const printed: string[] = [];
    const report = createCrashPrinter(clock, (text) => printed.push(text));
    for (let crash = 0; crash < 15; crash += 1) report(base);
    assert.equal(printed.length, 10);
    clock.advance(10_000);
    assert.equal(printed.at(-1), '5 more processes have crashed');
    report(base);
    assert.equal(printed.length, 12);
  });

  test('is not made of an exit', () => {
    const printed: string[] = [];
    const report = createCrashPrinter(new ManualClock(), (text) => printed.push(text));
    report({ ...base, error: new ErlangError('ERLANG_EXIT', atom('shutdown')) });
    assert.deepEqual(printed, []);
  });

  test('reaches onCrash for functions, callbacks and gen servers, with what they were doing', async () => {
    await using cluster = createMemoryCluster();
    const reports: CrashReport[] = [];
    const all = Promise.withResolvers<void>();
    const node = await cluster.start('web', {
      onCrash: (report) => {
        reports.push(report);
        if (reports.length === 3) all.resolve();
      },
    });
    const fail = (): never => {
      throw new Error('planted');
    };
    const reader = node.spawn(
      async (self) => {
        await self.receive();
        fail();
      },
      { name: 'reader' },
    );
    node.spawnServer({ onMessage: fail }, { name: 'server' });
    serveGenServer(node, 'gen', { call: fail, cast: fail });
    node.send(reader, atom('first'));
    node.send('server', atom('second'));
    node.cast('gen', atom('third'));
    await all.promise;
    const told = reports.map(({ name, lastMessage }) => [name, String(lastMessage?.term).slice(0, 20)]);
    assert.deepEqual(new Set(told.map(([name]) => name)), new Set(['gen', 'reader', 'server']));
    const lastOf = (name: string): string | undefined => told.find(([one]) => one === name)?.[1];
    assert.deepEqual([lastOf('reader'), lastOf('server')], ['first', 'second']);
    for (const { error } of reports) assert.match(String(error), /planted/);
  });
});
