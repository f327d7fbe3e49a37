import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopbackHost } from '../../../src/node/options/host-name.ts';
import { completeNodeName, nameMismatch, parseNodeName } from '../../../src/node/options/node-name.ts';
import { defaultListenHost, resolveOptions } from '../../../src/node/options/node-options.ts';
import { attack } from '../../../../../test/support/attack.ts';

test('splits a name and refuses what no acceptor takes', () => {
  assert.deepEqual(parseNodeName('web@10.0.0.1'), { full: 'web@10.0.0.1', name: 'web', host: '10.0.0.1' });
  for (const bad of ['web', '@host', 'web@', 'a@b@c', 'w b@host', 'wéb@host', `${'x'.repeat(255)}@h`]) {
    assert.equal(parseNodeName(bad), undefined, bad);
  }
});

test('adds the short host name of the machine, and says what is wrong with a bad name', () => {
  assert.equal(completeNodeName('web', 'big.example.com').full, 'web@big');
  assert.throws(() => completeNodeName('a@b@c', 'big'), {
    code: 'NODE_BAD_NAME',
    message: /"a@b@c".*name@host/,
  });
});

test('long and short names do not mix, as with OTP', () => {
  assert.equal(nameMismatch('a@127.0.0.1', 'b@host.example'), undefined);
  assert.equal(nameMismatch('a@::1', 'b@host.example'), undefined);
  assert.equal(nameMismatch('a@one', 'b@two'), undefined);
  assert.match(
    nameMismatch('a@one', 'b@two.example')?.message ?? '',
    /b@two.example is a long name.*a@one is a short name/,
  );
  assert.match(
    nameMismatch('a@one.example', 'b@two')?.message ?? '',
    /a@one.example is a long name.*b@two is a short name/,
  );
  assert.equal(nameMismatch('a@one', 'nonsense')?.code, 'CONNECTION_NAME_FORM');
});

const loopbackHosts = {
  '127.0.0.1': '127.0.0.1',
  '127.0.1.1': '127.0.1.1',
  localhost: 'localhost',
  LOCALHOST: 'localhost',
  'LocalHost.': 'localhost',
  'app.localhost': 'localhost',
  'localhost.localdomain': 'localhost',
  'ip6-localhost': '::1',
  '::1': '::1',
  '0:0:0:0:0:0:0:1': '::1',
  '0000::0001': '::1',
  '::ffff:127.0.0.1': '127.0.0.1',
  '::FFFF:7f00:1': '127.0.0.1',
};

test('a node with a loopback host listens on loopback only, however the host is written', () => {
  for (const [host, address] of Object.entries(loopbackHosts)) {
    assert.ok(isLoopbackHost(host), host);
    assert.equal(defaultListenHost(host, false), address, host);
  }
  for (const host of [
    '10.0.0.1',
    'host',
    '127.example.com',
    'localhost.example.com',
    '::2',
    '::ffff:10.0.0.1',
  ]) {
    assert.ok(!isLoopbackHost(host), host);
  }
});

const refusedNames = [
  'a@127.0.0.1/8',
  'b@[::1]',
  'b@[::1]:4000',
  'b@::1:::',
  'b@127.1',
  'b@0x7f.0.0.1',
  'b@2130706433',
  'b@host/../x',
  'b@-host',
  'b@ho st',
  'a/b@host',
  'a[1]@host',
  'a(b)@host',
  'a\\b@host',
  'a"b@host',
  'a\tb@host',
  'a\nb@host',
  'a\u0000@host',
  'a\u202eb@host',
  'a\u200f@host',
  'a\u00a0b@host',
  '$(id)@host',
  'a;b@host',
];

attack(
  'Connections',
  'a name that cannot be dialled, or is displayed as another name, is refused with the reason',
  () => {
    for (const name of refusedNames) {
      assert.equal(parseNodeName(name), undefined, name);
      assert.throws(
        () => completeNodeName(name, 'host'),
        { code: 'NODE_BAD_NAME', message: /because/ },
        name,
      );
      const mismatch = nameMismatch('own@127.0.0.1', name);
      assert.equal(mismatch?.code, 'CONNECTION_NAME_FORM', name);
      assert.doesNotMatch(mismatch?.message ?? '', /[\u0000-\u001f\u200f\u202e]/);
    }
    const brackets = nameMismatch('own@127.0.0.1', 'b@[::1]');
    assert.match(brackets?.message ?? '', /because of its host \[::1\]: it has brackets$/);
    assert.match(brackets?.remedy ?? '', /without them, such as ::1/);
    assert.match(nameMismatch('own@127.0.0.1', 'a@127.0.0.1/8')?.remedy ?? '', /without a prefix length/);
  },
);

test('names that nodes have are taken', () => {
  const names = [
    'web@host',
    'a_b-c.d+1@h-1.example.com',
    'x@10.0.0.1',
    'x@::1',
    'x@fe80::1%eth0',
    'x@127.example.com',
  ];
  for (const name of [...names, 'remote_4321@db.internal', 'x@a1b2c3d4e5f6', 'x@my_host', 'rem-1-a@host.']) {
    assert.ok(parseNodeName(name) !== undefined, name);
  }
});

test('an address to listen on is checked', () => {
  const settle = (host: string): unknown =>
    resolveOptions({ name: 'a@127.0.0.1', cookie: 'c', listen: { host } });
  for (const host of ['[::1]', '127.0.0.1/8', 'a b', '10.0.0', '', '127.0.0.1\n']) {
    assert.throws(() => settle(host), { code: 'NODE_BAD_LISTEN', message: /listen\.host/ }, host);
  }
  for (const host of ['::1', '::', '0.0.0.0', 'localhost', 'db.internal']) settle(host);
});
