import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, Port, type Term, tuple } from '@convoy/node/etf';
import { createInspector } from '../../../src/inspect/inspector.ts';
import { readPorts } from '../../../src/inspect/ports/read-ports.ts';
import { hostileTerms, node, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const options = { node, limit: 10 };
const call = tuple(atom('shop_web'), atom('init'), 1);
const numbers = tuple(5, 6, 7);
const tcp = tuple(
  atom('port'),
  new Port(node, 5n, 1),
  text('tcp_inet'),
  pid(85),
  atom('web'),
  call,
  tuple(text('10.0.0.1'), 4000),
  tuple(text('10.0.0.2'), 51_000),
  numbers,
  undefined,
);

describe('ports and sockets', () => {
  test('have an owner, two ends and what went through them', () => {
    const socket = tuple(
      atom('socket'),
      text('#Socket<0.1.2.3>'),
      text('inet stream tcp'),
      pid(86),
      undefined,
      undefined,
      tuple(text('/run/shop.sock'), atom('none')),
      atom('none'),
      tuple(1, 2, undefined),
      undefined,
    );
    assert.deepEqual(readPorts(tuple(9, 8, 7, [tcp, socket]), options), {
      total: 9,
      seen: 8,
      matching: 7,
      rows: [
        {
          kind: 'port',
          id: '#Port<0.5>',
          name: 'tcp_inet',
          owner: '<0.85.0>',
          ownerName: 'web',
          ownerCall: 'shop_web:init/1',
          local: { host: '10.0.0.1', port: 4000 },
          remote: { host: '10.0.0.2', port: 51_000 },
          inputBytes: 5,
          outputBytes: 6,
          queueBytes: 7,
        },
        {
          kind: 'socket',
          id: '#Socket<0.1.2.3>',
          name: 'inet stream tcp',
          owner: '<0.86.0>',
          local: { host: '/run/shop.sock' },
          inputBytes: 1,
          outputBytes: 2,
        },
      ],
    });
  });

  test('every part may be anything, and there are no more rows than were asked for', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readPorts(term, options));
      for (let place = 1; place < tcp.length; place += 1) {
        const row = tuple(...tcp.elements.with(place, term));
        const rows = Array.from({ length: 20 }, () => row);
        const list = readPorts(tuple(1, 1, 1, rows), options);
        assert.ok((list?.rows.length ?? 0) <= 10 && JSON.stringify(list).length < 30_000);
      }
    }
  });

  test('what cannot be asked is refused before any node is asked', async () => {
    const inspector = createInspector({ ask: () => Promise.reject(new Error('nobody is asked')) });
    const wrong = { code: 'INSPECT_BAD_OPTION' };
    await assert.rejects(inspector.ports(node, { limit: 0 }), wrong);
    await assert.rejects(inspector.ports(node, { port: 70_000 }), wrong);
    await assert.rejects(inspector.ports(node, { sort: 'name' as 'queue' }), wrong);
    await assert.rejects(inspector.ports(node, { filter: '' }), wrong);
  });
});
