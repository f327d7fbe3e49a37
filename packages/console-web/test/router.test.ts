/** Addresses of pages, nodes and shells. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRoute, insideOf, parseRoute, type Route } from '../src/router.ts';

test('keeps a node name in the address whatever is in it', () => {
  const route = { page: 'logs', node: 'odd/näme%@fe80::1' } as const;
  assert.deepEqual(parseRoute(formatRoute(route)), route);
  const several = { page: 'logs', node: 'a,b/line/5', others: ['c/d'], line: 7 } as const;
  assert.deepEqual(parseRoute(formatRoute(several)), several);
});

test('writes addresses that people can read and type', () => {
  const addresses: readonly (readonly [string, Route])[] = [
    ['#/nodes/app-1@127.0.0.1', { page: 'nodes', node: 'app-1@127.0.0.1' }],
    ['#/mesh/app-1@127.0.0.1', { page: 'mesh', node: 'app-1@127.0.0.1' }],
    ['#/nodes/prod:app@10.0.0.5', { page: 'nodes', node: 'prod:app@10.0.0.5' }],
    ['#/nodes/prod:app@10.0.0.5/overview', { page: 'nodes', node: 'prod:app@10.0.0.5', panel: 'overview' }],
    [
      '#/nodes/app@h/processes/%3C0.85.0%3E',
      { page: 'nodes', node: 'app@h', panel: 'processes', item: '<0.85.0>' },
    ],
    ['#/nodes/app@h/tables/a%2Fb', { page: 'nodes', node: 'app@h', panel: 'tables', item: 'a/b' }],
    ['#/logs', { page: 'logs' }],
    ['#/logs/a@h,prod:b@h', { page: 'logs', node: 'a@h', others: ['prod:b@h'] }],
    ['#/logs/a@h/line/1234', { page: 'logs', node: 'a@h', line: 1234 }],
    ['#/shells/s1', { page: 'shells', shell: 's1' }],
    ['#/settings', { page: 'settings' }],
  ];
  for (const [address, route] of addresses) {
    assert.equal(formatRoute(route), address);
    assert.deepEqual(parseRoute(address), route);
  }
  assert.deepEqual(parseRoute('#/nodes/'), { page: 'nodes' });
  assert.deepEqual(parseRoute(''), { page: 'nodes' });
});

test('reads addresses inside a node as people type them', () => {
  const typed = '#/nodes/app@h/processes/<0.85.0>';
  assert.deepEqual(parseRoute(typed), { page: 'nodes', node: 'app@h', panel: 'processes', item: '<0.85.0>' });
  assert.deepEqual(insideOf(parseRoute(typed)), {
    page: 'nodes',
    node: 'app@h',
    panel: 'processes',
    item: '<0.85.0>',
  });
  assert.equal(insideOf(parseRoute('#/nodes/app@h/')), undefined);
  assert.equal(insideOf(parseRoute('#/logs/app@h')), undefined);
  assert.deepEqual(parseRoute('#/nodes/odd%2Fname@h/overview'), {
    page: 'nodes',
    node: 'odd/name@h',
    panel: 'overview',
  });
});

test('keeps an address that is none of the pages, to show it', () => {
  for (const address of [
    '#/nowhere',
    '#/settings/theme',
    '#/logs/%E0%A4%A',
    '#/logs/a@h,%E0%A4%A',
    '#/Nodes',
    '#/nodes//overview',
    '#/nodes/a@h/%E0%A4%A',
  ]) {
    assert.deepEqual(parseRoute(address), { page: 'nowhere', address });
    assert.equal(formatRoute(parseRoute(address)), address);
  }
});
