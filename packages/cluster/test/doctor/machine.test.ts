/** What a host shows is untrusted text: only what has the right form is read. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMachine } from '../../src/doctor/look/machine.ts';

const output = [
  'Welcome to db1',
  'listener 0100007F:1111',
  'listener 00000000:A2B3',
  'listener 00000000000000000000000001000000:1111',
  'listener 0000000000000000FFFF00000700000A:0050',
  'listener nonsense',
  'node 42 app@db1 yes 4370',
  'node 43 web no 4369',
  'node 44 other@db1 yes ',
  'node x y z',
  'done',
].join('\n');

test('sockets and nodes are read', () => {
  const seen = readMachine(output);
  assert.deepEqual(seen?.listeners, [
    { address: '127.0.0.1', port: 4369 },
    { address: '0.0.0.0', port: 41_651 },
    { address: '::1', port: 4369 },
    { address: '10.0.0.7', port: 80 },
  ]);
  assert.deepEqual(seen.nodes, [
    { osPid: 42, name: 'app@db1', listens: true, epmdPort: 4370 },
    { osPid: 43, name: 'web', listens: false, epmdPort: 4369 },
    { osPid: 44, name: 'other@db1', listens: true, epmdPort: undefined },
  ]);
});

test('a host that shows nothing, or whose script did not end, says nothing', () => {
  assert.equal(readMachine(output.replace('done', '')), undefined);
  assert.equal(readMachine('done'), undefined);
});
