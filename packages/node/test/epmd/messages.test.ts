/** The bytes of EPMD against captures from OTP 25, and what is refused. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DecodeError } from '../../src/errors.ts';
import {
  decodeDumpReply,
  decodeLookupReply,
  decodeNamesReply,
  decodeRegisterReply,
  decodeRequest,
  encodeDumpReply,
  encodeLookupReply,
  encodeLookupRequest,
  encodeNamesReply,
  encodePlainRequest,
  encodeRegisterReply,
  encodeRegisterRequest,
  encodeStopRequest,
  type NodeEntry,
} from '../../src/epmd/messages.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const foreign: NodeEntry = {
  name: 'tsnode',
  port: 5555,
  nodeType: 72,
  protocol: 0,
  highestVersion: 6,
  lowestVersion: 5,
  extra: new Uint8Array(),
};

describe('EPMD requests', () => {
  test('a registration has the bytes OTP accepts', () => {
    assert.equal(toHex(encodeRegisterRequest(foreign)), '00137815b3480000060005000674736e6f64650000');
  });

  test('reads the registrations that OTP sends', () => {
    const visible = decodeRequest(hex('78a4194d000006000500047265616c0000'));
    assert.ok(visible.kind === 'register' && visible.isAcceptable);
    const { name, port, nodeType, highestVersion, lowestVersion } = visible.entry;
    assert.deepEqual([name, port, nodeType, highestVersion, lowestVersion], ['real', 42_009, 77, 6, 5]);
    const hidden = decodeRequest(hex('78a6c94d000006000500036869640000'));
    assert.ok(hidden.kind === 'register' && hidden.entry.nodeType === 77);
  });

  test('the other requests read back as they were written', () => {
    const body = (request: Uint8Array): Uint8Array => request.subarray(2);
    assert.deepEqual(decodeRequest(body(encodeLookupRequest('åäö'))), { kind: 'lookup', name: 'åäö' });
    assert.deepEqual(decodeRequest(body(encodeStopRequest('a'))), { kind: 'stop', name: 'a' });
    for (const kind of ['names', 'dump', 'kill'] as const) {
      assert.deepEqual(decodeRequest(body(encodePlainRequest(kind))), { kind });
    }
  });

  test('one NUL after a looked up name is accepted, one inside is not', () => {
    assert.deepEqual(decodeRequest(hex('7a6100')), { kind: 'lookup', name: 'a' });
    assert.throws(() => decodeRequest(hex('7a610062')), DecodeError);
    assert.throws(() => decodeRequest(hex('7a00')), DecodeError);
  });

  for (const [title, bytes] of [
    ['an empty name', '7800014d0000060005000000026162'],
    ['a NUL in the name', '7800014d000006000500036100620000'],
    ['a name longer than the request', '7800014d0000060005000961620000'],
    ['an extra longer than the request', '7800014d000006000500026162000578'],
    ['a request of nothing but its tag', '78'],
    ['an unknown tag', '41'],
  ] as const) {
    test(`${title} is not answered`, () => {
      assert.throws(() => decodeRequest(hex(bytes)), DecodeError);
    });
  }

  for (const [title, name] of [
    ['invalid UTF-8', Buffer.from([0xff, 0xfe])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['256 characters', Buffer.from('a'.repeat(256))],
  ] as const) {
    test(`a name of ${title} is well formed but not acceptable`, () => {
      const request = encodeRegisterRequest({ ...foreign, name: 'x'.repeat(name.length) });
      request.set(name, 13);
      const decoded = decodeRequest(request.subarray(2));
      assert.ok(decoded.kind === 'register' && !decoded.isAcceptable);
    });
  }

  test('255 characters of four bytes each are a name', () => {
    const name = '😀'.repeat(255);
    const decoded = decodeRequest(encodeRegisterRequest({ ...foreign, name }).subarray(2));
    assert.ok(decoded.kind === 'register' && decoded.isAcceptable && decoded.entry.name === name);
  });
});

describe('EPMD replies', () => {
  test('registrations are answered in the form of the version asked with', () => {
    const good = { accepted: true, creation: 0x6b03b34f };
    assert.equal(toHex(encodeRegisterReply(good, 6)), '76006b03b34f');
    assert.equal(toHex(encodeRegisterReply({ accepted: true, creation: 6 }, 5)), '79000001');
    assert.equal(toHex(encodeRegisterReply({ accepted: false, creation: 0 }, 6)), '760100000063');
    assert.deepEqual(decodeRegisterReply(hex('76006b03b34f')), good);
    assert.deepEqual(decodeRegisterReply(hex('79000001')), { accepted: true, creation: 1 });
    assert.equal(decodeRegisterReply(hex('760100000063')).accepted, false);
  });

  test('lookups are answered as EPMD does', () => {
    const found = '770015b3480000060005000674736e6f64650000';
    assert.equal(toHex(encodeLookupReply(foreign)), found);
    assert.deepEqual(decodeLookupReply(hex(found)), foreign);
    assert.equal(toHex(encodeLookupReply(undefined)), '7701');
    assert.equal(decodeLookupReply(hex('7701')), undefined);
    const extra = decodeLookupReply(hex('770015b34d000005000500076f6c646e6f6465000378797a'));
    assert.equal(Buffer.from(extra?.extra ?? []).toString(), 'xyz');
  });

  test('names are lines after the port of the daemon', () => {
    const nodes = [
      { name: 'b', port: 2 },
      { name: 'a at port 9', port: 1 },
    ];
    const bytes = encodeNamesReply(4369, nodes);
    assert.equal(Buffer.from(bytes.subarray(4)).toString(), 'name b at port 2\nname a at port 9 at port 1\n');
    assert.deepEqual(decodeNamesReply(bytes), { epmdPort: 4369, nodes });
  });

  test('each line of a dump ends with a NUL', () => {
    const dump = { active: [{ name: 'a', port: 1, fd: 7 }], unused: [{ name: 'b', port: 2, fd: -1 }] };
    const bytes = encodeDumpReply(1, dump);
    const text = 'active name     <a> at port 1, fd = 7\n\0old/unused name <b>, port = 2, fd = -1 \n\0';
    assert.equal(Buffer.from(bytes.subarray(4)).toString(), text);
    assert.deepEqual(decodeDumpReply(bytes), { epmdPort: 1, ...dump });
  });

  test('every truncation is an error that says where', () => {
    const whole = encodeLookupReply(foreign);
    for (let length = 2; length < whole.length; length += 1) {
      assert.throws(() => decodeLookupReply(whole.subarray(0, length)), DecodeError);
    }
  });
});
