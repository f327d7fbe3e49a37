import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedAs, TrustedProxies } from '../../src/auth/trusted-proxies.ts';
import { attack } from '../../../../test/support/attack.ts';

const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

function client(forwardedFor: string, peer: string = '127.0.0.1'): string {
  return proxies.arrivalOf(peer, { 'x-forwarded-for': forwardedFor }).address;
}

test('a trusted proxy says who asked it, how, and for which host', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'console.example.com',
  };
  const arrival = { address: '203.0.113.7', scheme: 'https', forwardedHost: 'console.example.com' };
  assert.deepEqual(proxies.arrivalOf('::ffff:127.0.0.1', headers), arrival);
  assert.deepEqual(proxies.arrivalOf('2001:db8::5', headers), arrival);
});

test('proxies behind one another are passed over, and the words of the outermost count', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.7, 10.1.1.1',
    'x-forwarded-proto': 'https, http',
    'x-forwarded-host': 'console.example.com, inner',
  };
  const arrival = { address: '203.0.113.7', scheme: 'https', forwardedHost: 'console.example.com' };
  assert.deepEqual(proxies.arrivalOf('127.0.0.1', headers), arrival);
  const once = { ...headers, 'x-forwarded-proto': 'https' };
  assert.equal(proxies.arrivalOf('127.0.0.1', once).scheme, 'https');
});

test('addresses are read with ports, in brackets and mapped', () => {
  assert.equal(client('203.0.113.7:4711'), '203.0.113.7');
  assert.equal(client('[2001:db9::1]:4711'), '2001:db9::1');
  assert.equal(client('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(client(''), '127.0.0.1');
  assert.equal(client('unknown'), '127.0.0.1');
  assert.equal(client('203.0.113.7, _hidden, 10.0.0.9'), '10.0.0.9');
});

test('what is not an address or a network is refused with what to give', () => {
  for (const wrong of [
    '',
    'localhost',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
  ]) {
    assert.throws(() => new TrustedProxies([wrong]), {
      code: 'CONSOLE_BAD_OPTION',
      remedy: /trustedProxies/,
    });
  }
});

test('an IPv4 address counts alone, an IPv6 address as its network', () => {
  assert.equal(countedAs('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(countedAs('::1'), '0:0:0:0::/64');
  assert.equal(countedAs('2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(countedAs('2001:0DB8:0:00a1:1:2:3:4'), '2001:db8:0:a1::/64');
  assert.equal(countedAs('2001:db8:1:2::'), '2001:db8:1:2::/64');
  assert.equal(countedAs('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(countedAs('2001:db8::1:2:3:4:5'), '2001:db8:0:1::/64');
  assert.equal(countedAs(''), '');
});

attack('Proxies', 'forwarded headers from a client that is not a trusted proxy are ignored', () => {
  const headers = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'console.example.com',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1;proto=https;host=console.example.com',
  };
  const arrival = { address: '203.0.113.9', scheme: 'http', forwardedHost: undefined };
  assert.deepEqual(proxies.arrivalOf('203.0.113.9', headers), arrival);
  assert.deepEqual(new TrustedProxies().arrivalOf('127.0.0.1', headers), {
    ...arrival,
    address: '127.0.0.1',
  });
});

attack('Proxies', 'addresses that a client puts in front of the proxy’s own entry are ignored', () => {
  assert.equal(client('127.0.0.1, 203.0.113.9'), '203.0.113.9');
  assert.equal(client('198.51.100.1, 10.0.0.1, 203.0.113.9'), '203.0.113.9');
  const mixed = { 'x-forwarded-for': 'x, 203.0.113.9', 'x-forwarded-proto': 'https, http' };
  assert.equal(proxies.arrivalOf('127.0.0.1', mixed).scheme, 'http');
});

attack('Proxies', 'a Forwarded header that a trusted proxy passes on from the client is ignored', () => {
  const headers = {
    forwarded: 'for=10.0.0.1;proto=https;host=evil.example',
    'x-forwarded-for': '203.0.113.9',
  };
  const arrival = { address: '203.0.113.9', scheme: 'http', forwardedHost: undefined };
  assert.deepEqual(proxies.arrivalOf('127.0.0.1', headers), arrival);
});
