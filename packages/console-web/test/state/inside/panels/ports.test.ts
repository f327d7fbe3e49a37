/** What the page says of ports. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressText,
  portSummary,
  remoteText,
  wantedPort,
} from '../../../../src/state/inside/panels/ports.ts';
import { ports } from '../../../part-scenes.ts';

test('a port number is from 1 to 65535', () => {
  assert.deepEqual(wantedPort(''), {});
  assert.deepEqual(wantedPort('4000'), { port: 4000 });
  assert.deepEqual(wantedPort('65535'), { port: 65_535 });
  for (const text of ['0', '65536', '999999999', '40a', '4e3'])
    assert.match(wantedPort(text).problem ?? '', new RegExp(`^${text} is not a port number`));
});

test('an end of a connection is an address or the path of a socket, or may be any', () => {
  assert.equal(addressText({ host: '::1', port: 80 }), '[::1]:80');
  assert.equal(addressText({ host: '/run/shop.sock' }), '/run/shop.sock');
  assert.deepEqual(ports.rows.map(remoteText), ['10.0.0.9:5432', 'listens', '[::1]:60114', '']);
  const local = { host: '0.0.0.0', port: 53 };
  assert.equal(remoteText({ kind: 'port', id: '#Port<0.1>', name: 'udp_inet', local }), 'any address');
});

test('the summary says what was counted', () => {
  const all = { port: undefined, filter: '' };
  assert.equal(portSummary(ports, all), '4 of 8,012 ports and sockets');
  const found = { ...ports, matching: 4 };
  assert.equal(
    portSummary(found, { port: 4000, filter: 'shop' }),
    '4 of 4 ports and sockets with the number 4000 at either end that match, of 8,012',
  );
  assert.match(portSummary({ ...ports, seen: 5000 }, all), /; 5,000 were looked at$/);
});
