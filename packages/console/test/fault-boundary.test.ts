import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Faults, type FaultScope } from '../src/fault-boundary.ts';

function setup(): { faults: Faults; logged: object[]; scope: FaultScope; ended: unknown[] } {
  const logged: object[] = [];
  const ended: unknown[] = [];
  const faults = new Faults({ error: (detail) => logged.push(detail) });
  return {
    faults,
    logged,
    ended,
    scope: { kind: 'shell', name: 'a shell', end: (error) => ended.push(error) },
  };
}

test('what work throws, now or later, ends its scope once, and every fault is counted and logged', async () => {
  const { faults, logged, ended, scope } = setup();
  const first = new TypeError('first');
  faults.run(scope, () => {
    throw first;
  });
  faults.run(scope, () => Promise.reject(new Error('second')));
  faults.run(scope, () => Promise.resolve('fine'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(ended, [first]);
  assert.equal(faults.counts.shell, 2);
  assert.equal(faults.counts.socket, 0);
  assert.equal(logged.length, 2);
  assert.deepEqual(logged[0], { err: first, kind: 'shell', thing: 'a shell' });
});

test('an end that fails too is logged and goes no further', () => {
  const { faults, logged } = setup();
  const end = (): never => {
    throw new Error('worse');
  };
  faults.report({ kind: 'socket', name: 'a socket', end }, new Error('bad'));
  assert.equal(logged.length, 2);
});

test('a listener belongs to the scope that added it', () => {
  const { faults, scope, ended } = setup();
  let listener = (): void => undefined;
  faults.run(scope, () => {
    listener = faults.bind(() => {
      throw new Error('in the listener');
    });
  });
  const other: FaultScope = { kind: 'launch', name: 'a launch', end: () => assert.fail('not its fault') };
  faults.run(other, () => listener());
  assert.equal(ended.length, 1);
});

test('an uncaught error belongs to the scope of its timer or promise', async () => {
  const { faults, scope, ended } = setup();
  const contained = (): boolean => faults.contain(new Error('uncaught'));
  const seen = await new Promise<boolean>((resolve) => {
    faults.own(scope, () => setTimeout(() => resolve(contained()), 1));
  });
  assert.equal(seen, true);
  assert.equal(ended.length, 1);
  assert.equal(contained(), false, 'what runs next is not to blame');
});
