/** The pure parts of the system's ssh: its configuration and arguments, its errors, and the messages of its channels. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSshTarget } from '../../../../src/platforms/ssh/connection/ssh-target.ts';
import {
  decodeMessage,
  decodeMuxReply,
  encodeData,
  encodeMuxStart,
  encodeBareMessage,
  encodeWindow,
} from '../../../../src/platforms/ssh/system/channel-messages.ts';
import { attack } from '../../../../../../test/support/attack.ts';
import { masterArguments, masterConfig } from '../../../../src/platforms/ssh/system/master-config.ts';
import { PacketReader } from '../../../../src/platforms/ssh/system/packet-reader.ts';
import { explainSystemSsh } from '../../../../src/platforms/ssh/system/system-failures.ts';

const target = parseSshTarget('ops@bastion:2222,app@[::1]:22');

test('settings for every hop come before the configuration of the user', () => {
  const text = masterConfig(
    { knownHostsFiles: ['~/k h'], agent: false, identityFiles: ['/100%/key'] },
    '/home/me',
  );
  const own = text.slice(0, text.indexOf('Include'));
  assert.match(own, /^Host \*\n/);
  assert.match(own, /StrictHostKeyChecking yes\n/);
  assert.match(own, /UserKnownHostsFile "\/home\/me\/k h"\n {2}GlobalKnownHostsFile \/dev\/null/);
  assert.match(own, /IdentityFile "\/100%%\/key"\n/);
  assert.match(own, /IdentityAgent none\n/);
  assert.match(text, /Include "\/home\/me\/.ssh\/config"\nInclude "\/etc\/ssh\/ssh_config"\n$/);
  assert.doesNotMatch(masterConfig({ configFile: false }, '/home/me'), /Include/);
  for (const file of ['a"b', 'a\nProxyCommand x', 'a${HOME}']) {
    assert.throws(() => masterConfig({ identityFiles: [file] }, '/home/me'), { code: 'SSH_BAD_CONFIG' });
  }
});

test('the command-line arguments, and user names that a shell could interpret', () => {
  const words = masterArguments(target, { config: '/c', socket: '/s' });
  assert.deepEqual(words.slice(words.indexOf('-J')), [
    ...['-J', 'ops@bastion:2222', '-l', 'app', '-p', '22', '--', '::1'],
  ]);
  for (const user of ['$(id)', 'a;b', '`x`', '%h']) {
    assert.throws(() => masterArguments({ hops: [{ host: 'h', user }] }, { config: '', socket: '' }), {
      code: 'SSH_BAD_TARGET',
    });
  }
});

test('a host key that is not accepted is told with its type and fingerprint', () => {
  const log = 'debug1: Server host key: ssh-ed25519 SHA256:abc+/\nHost key verification failed.';
  assert.deepEqual(explainSystemSsh(log, target).presented, {
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:abc+/',
  });
  assert.equal(explainSystemSsh('Host key verification failed.', target).presented, undefined);
  const other = 'debug1: Server host key: ssh-rsa SHA256:x\napp@::1: Permission denied (publickey).';
  assert.equal(explainSystemSsh(other, target).presented, undefined, 'not for other failures');
});

const failures: readonly (readonly [code: string, text: RegExp, log: string])[] = [
  [
    'SSH_HOST_UNKNOWN',
    /^ops@bastion:2222 /,
    'ssh: Could not resolve hostname bastion: Name or service not known',
  ],
  ['SSH_UNREACHABLE', /connection refused/, 'ssh: connect to host ::1 port 22: Connection refused'],
  ['SSH_UNREACHABLE', /no route/, 'ssh: connect to host ::1 port 22: No route to host'],
  ['SSH_TIMEOUT', /in time/, 'ssh: connect to host bastion port 2222: Connection timed out'],
  ['SSH_TIMEOUT', /in time/, 'Connection timed out during banner exchange'],
  [
    'SSH_HOST_KEY_UNKNOWN',
    /SHA256:abc\+\//,
    'debug1: Server host key: ssh-ed25519 SHA256:abc+/\nNo ED25519 host key is known for [::1]:22 and you have requested strict checking.\nHost key verification failed.',
  ],
  [
    'SSH_HOST_KEY_CHANGED',
    /SHA256:new.*\/k:7/,
    'debug1: Server host key: ssh-ed25519 SHA256:new\nOffending ED25519 key in /k:7\nHost key verification failed.',
  ],
  [
    'SSH_AUTH_REFUSED',
    /offered \/a b.*accepts publickey,password/,
    'debug1: Offering public key: /a b ED25519 SHA256:x explicit\napp@::1: Permission denied (publickey,password).',
  ],
  [
    'SSH_KEY_UNUSABLE',
    /\/locked.*encrypted/,
    'debug1: Server accepts key: /locked ED25519 SHA256:x explicit\napp@::1: Permission denied (publickey).',
  ],
  [
    'SSH_FORWARD_FORBIDDEN',
    /does not allow forwarding/,
    'channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'SSH_UNREACHABLE',
    /from the hop before/,
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed',
  ],
  [
    'SSH_PROTOCOL',
    /no matching/,
    'Unable to negotiate with ::1 port 22: no matching cipher found. Their offer: x',
  ],
  ['SSH_BAD_CONFIG', /line 3/, '/c line 3: Bad configuration option: nonsense'],
  ['SSH_CLOSED', /closed/, 'kex_exchange_identification: Connection closed by remote host'],
  ['SSH_PROTOCOL', /could not connect.*something new/, 'debug1: x\nsomething new\u001b[2J'],
  ['SSH_PROTOCOL', /gave no reason/, ''],
];

for (const [code, text, log] of failures) {
  test(`${code} from ${JSON.stringify(log.slice(0, 60))}`, () => {
    const error = explainSystemSsh(log, target);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    assert.doesNotMatch(error.message, /\p{C}/u);
  });
}

attack('Connections', 'the error is explained at once when an SSH server fills the log with one line', () => {
  for (const line of [
    'x'.repeat(65_536),
    `Offending key ${'in '.repeat(21_000)}`,
    'no matching '.repeat(5400),
  ]) {
    assert.equal(explainSystemSsh(line, target).code, 'SSH_PROTOCOL');
  }
});

test('channel messages decode to what was encoded, however the stream is split', () => {
  const sent = Buffer.concat([
    encodeWindow(7, 4096),
    encodeData(7, Buffer.from('hello')),
    encodeBareMessage('eof', 7),
    encodeBareMessage('close', 7),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 10 }), (sizes) => {
      const reader = new PacketReader();
      const kinds: string[] = [];
      let at = 0;
      for (const size of [...sizes, sent.length]) {
        for (const packet of reader.read(sent.subarray(at, at + size))) {
          kinds.push(decodeMessage(packet)?.kind ?? '');
        }
        at += size;
      }
      assert.deepEqual(kinds, ['window', 'data', 'eof', 'close']);
    }),
  );
});

test('invalid bytes are refused before memory is allocated', () => {
  assert.throws(() => [...new PacketReader().read(Buffer.from([0xff, 0, 0, 0]))], RangeError);
  assert.throws(() => decodeMessage(Buffer.from([0, 94, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])), RangeError);
  assert.throws(() => decodeMessage(Buffer.from([0, 93, 0])), RangeError);
  assert.equal(decodeMessage(Buffer.from([0, 80])), undefined);
  assert.equal(decodeMessage(Buffer.alloc(0)), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeMessage(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});

test('the start of a session on the control socket', () => {
  const [hello, proxy] = [...new PacketReader().read(encodeMuxStart())];
  assert.equal(decodeMuxReply(hello ?? Buffer.alloc(0)), 'hello');
  assert.equal(decodeMuxReply(proxy ?? Buffer.alloc(0)), 'refused');
  assert.equal(decodeMuxReply(Buffer.from([0x80, 0, 0, 0x0f, 0, 0, 0, 0])), 'proxied');
});
