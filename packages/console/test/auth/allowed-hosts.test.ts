import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedHosts } from '../../src/auth/allowed-hosts.ts';

const machine = ['192.168.1.7', 'fe80::1', 'box'];

test('on loopback it is known by loopback names with its port', () => {
  const hosts = allowedHosts({ host: '127.0.0.1', port: 4000, extra: [], machine });
  assert.deepEqual(hosts, new Set(['127.0.0.1:4000', 'localhost:4000', '[::1]:4000']));
});

test('on every address it is known by the machine’s own', () => {
  const hosts = allowedHosts({ host: '0.0.0.0', port: 4000, extra: [], machine });
  assert.ok(hosts.has('192.168.1.7:4000') && hosts.has('[fe80::1]:4000') && hosts.has('box:4000'));
  assert.ok(!hosts.has('0.0.0.0:4000') && !hosts.has('evil.example:4000'));
});

test('further names are taken as they are', () => {
  const hosts = allowedHosts({ host: '127.0.0.1', port: 80, extra: ['Console.Example.com'], machine });
  assert.ok(hosts.has('console.example.com') && hosts.has('127.0.0.1') && hosts.has('127.0.0.1:80'));
});
