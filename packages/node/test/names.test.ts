import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  bracketHost,
  formatHostPort,
  isFullNodeName,
  isLongHost,
  isNodeKind,
  nodeKinds,
  splitNodeName,
} from '@convoy/node/names';

describe('names', () => {
  test('splits a name at its @, and takes all of it for the name where there is none', () => {
    assert.deepEqual(splitNodeName('app@10.0.0.5'), { full: 'app@10.0.0.5', name: 'app', host: '10.0.0.5' });
    assert.deepEqual(splitNodeName('app'), { full: 'app', name: 'app', host: '' });
    assert.deepEqual(splitNodeName('a@b@c'), { full: 'a@b@c', name: 'a', host: 'b@c' });
  });

  test('knows the form of a full node name', () => {
    assert.ok(['app@db1', 'app@10.0.0.5', 'remote_4321@::1'].every(isFullNodeName));
    assert.equal(['app', '@db1', 'app@', 'a@b@c', 'a b@db1', ''].some(isFullNodeName), false);
  });

  test('puts IPv6 addresses in brackets before a port, once', () => {
    assert.deepEqual(['::1', '[::1]', '127.0.0.1', 'db1'].map(bracketHost), [
      '[::1]',
      '[::1]',
      '127.0.0.1',
      'db1',
    ]);
    assert.equal(formatHostPort({ host: 'fe80::1', port: 4369 }), '[fe80::1]:4369');
    assert.equal(formatHostPort({ host: 'db1', port: 22 }), 'db1:22');
  });

  test('takes a host with a dot and an address for a long one', () => {
    assert.deepEqual(['db1.internal', '127.0.0.1', '::1', 'db1', ''].map(isLongHost), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('knows the kinds of nodes', () => {
    assert.ok(nodeKinds.every(isNodeKind));
    assert.equal(isNodeKind('gleam'), false);
  });

  test('can be loaded by a browser: neither door imports anything', () => {
    for (const door of ['async', 'names']) {
      const source = readFileSync(new URL(`../src/${door}.ts`, import.meta.url), 'utf8');
      assert.doesNotMatch(source, /^import |\bimport\(|\bfrom '/m);
    }
  });
});
