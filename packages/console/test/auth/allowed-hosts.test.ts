import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostRules, type HostRules, isSameOrigin } from '../../src/auth/allowed-hosts.ts';
import { attack } from '../../../../test/support/attack.ts';

const machine = ['192.168.1.7', 'fe80::1', 'box'];

function rules(host: string, extra: string[] = [], port: number = 4000): HostRules {
  return createHostRules({ host, port, extra, machine });
}

function known(hosts: HostRules, ...names: string[]): string[] {
  return names.filter((name) => hosts.isKnown(name));
}

test('loopback names are known with any port, as a tunnel changes it', () => {
  const names = ['127.0.0.1:4000', 'LOCALHOST:4000', '[::1]:4000', 'localhost:5000', '127.0.0.1', '[::1]:1'];
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '192.168.1.7']) {
    assert.deepEqual(known(rules(host), ...names), names, host);
  }
});

test('on every address it is known by the machine’s own, and by its port only', () => {
  const hosts = rules('0.0.0.0');
  const own = ['192.168.1.7:4000', '[fe80::1]:4000', 'box:4000'];
  assert.deepEqual(known(hosts, ...own, '0.0.0.0:4000', 'box:4001', 'evil.example:4000'), own);
  assert.deepEqual(known(rules('::ffff:1'), '[::ffff:1]:4000', 'box:4000'), ['[::ffff:1]:4000']);
});

test('an allowed name is known with any port, or with the one it is given with', () => {
  const hosts = rules('127.0.0.1', ['Console.Example.com', 'other.example:8443', '[2001:db8::1]']);
  const names = ['console.example.com', 'console.example.com:8443', 'other.example:8443', '[2001:db8::1]:80'];
  assert.deepEqual(known(hosts, ...names, 'other.example', 'x.console.example.com'), names);
  assert.ok(!hosts.isOwnOrigin('http://console.example.com'));
});

test('an allowed origin is known as a host, and its pages as our own', () => {
  const hosts = rules('127.0.0.1', ['https://console.example.com/', 'https://other.example:8443']);
  const names = ['console.example.com', 'console.example.com:443', 'other.example:8443'];
  assert.deepEqual(known(hosts, ...names, 'console.example.com:80', 'other.example'), names);
  assert.ok(hosts.isOwnOrigin('https://console.example.com'));
  for (const other of ['http://console.example.com', 'https://other.example', 'null', '']) {
    assert.ok(!hosts.isOwnOrigin(other), other);
  }
});

test('an allowed host that cannot be one is refused with what to give', () => {
  for (const wrong of [
    '',
    '*',
    '*.example.com',
    'a b',
    'http://',
    'ftp://x',
    'x/y',
    'x?',
    'user@x',
    'x:y',
    'x:0',
    'x:99999',
  ]) {
    assert.throws(() => rules('127.0.0.1', [wrong]), { code: 'CONSOLE_BAD_OPTION', remedy: /allowedHosts/ });
  }
});

test('the origin is the scheme and the host, without a port that the scheme implies', () => {
  assert.ok(isSameOrigin('http://LOCALHOST:4000', 'localhost:4000', 'http'));
  assert.ok(isSameOrigin('https://x.example', 'x.example:443', 'https'));
  assert.ok(isSameOrigin('http://x.example', 'x.example:80', 'http'));
  assert.ok(!isSameOrigin('https://x.example', 'x.example', 'http'));
  assert.ok(!isSameOrigin('http://x.example', 'x.example', 'https'));
});

attack('Login and sockets', 'names that only look like loopback ones are refused as Host', () => {
  const hosts = rules('127.0.0.1', ['console.example.com']);
  const wrong = ['localhost.evil.example', '127.0.0.1.evil.example:4000', 'localhost:4000.evil.example'];
  wrong.push(
    'evil.localhost:4000',
    '[::1]evil:1',
    'localhost:',
    'localhost:123456',
    '::1',
    '[::ffff:7f00:1]',
  );
  wrong.push(
    '127.1',
    '2130706433',
    'evil.example',
    'console.example.com.evil.example',
    '',
    'localhost:4000:1',
  );
  assert.deepEqual(known(hosts, ...wrong), []);
});
