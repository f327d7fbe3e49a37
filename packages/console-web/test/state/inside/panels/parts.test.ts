/** What the page says of rows, names, modules and Mnesia. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  copiesText,
  missingNodes,
  mnesiaSummary,
  statusText,
  storageText,
} from '../../../../src/state/inside/panels/mnesia.ts';
import {
  comparisonSummary,
  moduleSummary,
  oldCodeText,
  versionOf,
} from '../../../../src/state/inside/panels/modules.ts';
import { countText, membersText } from '../../../../src/state/inside/panels/names.ts';
import { rowsSummary } from '../../../../src/state/inside/panels/rows.ts';
import { codeComparison, groups, mnesia, modules } from '../../../part-scenes.ts';

test('rows of a table are the first ones, or those with a key', () => {
  const content = { total: 9120, limit: 20, rows: ['{a,1}', '{b,2}'] };
  assert.equal(rowsSummary(content, { limit: 20, key: '' }), '2 of 9,120 rows, in the order of the table');
  assert.match(
    rowsSummary(content, { limit: 50, key: '' }),
    /; fewer than 50 were read, because they are large$/,
  );
  const wanted = { limit: 20, key: '{user,7}' };
  assert.equal(rowsSummary({ ...content, found: 2 }, wanted), '2 rows with the key {user,7}, of 9,120');
  assert.equal(
    rowsSummary({ ...content, found: 31 }, wanted),
    '2 of 31 rows with the key {user,7}, of 9,120',
  );
  assert.equal(
    rowsSummary({ ...content, rows: [], found: 0 }, wanted),
    'No row has the key {user,7}; the table has 9120 rows',
  );
});

test('names are counted, and members of groups by their nodes', () => {
  const counts = { shown: 3, matching: 3, total: 142 };
  assert.equal(countText(counts, { what: 'names', filter: '' }), '3 of 142 names');
  assert.equal(countText(counts, { what: 'names', filter: 'x' }), '3 of 3 names that match, of 142');
  const [scope] = groups;
  assert.deepEqual(scope?.groups.map(membersText), ['3 members on 3 nodes', '311 members, the first 1']);
});

test('modules are told apart by their version', () => {
  assert.equal(moduleSummary(modules), '3 of 612 modules; 1 has old code');
  assert.equal(
    moduleSummary({ ...modules, matching: 3 }),
    '3 of 3 modules that match, of 612; 1 has old code',
  );
  assert.deepEqual(modules.rows.map(versionOf), ['188201174', '0c41be5d', '2741102']);
});

test('a comparison says how many nodes and what differs', () => {
  assert.equal(comparisonSummary(codeComparison), '3 nodes compared: 2 modules differ');
  const same = { ...codeComparison, modules: [], differing: 0, total: 120 };
  assert.equal(comparisonSummary(same), '3 nodes compared, the first of 120: they run the same code');
  const alone = { ...same, total: 1, nodes: same.nodes.slice(0, 1), problems: {} };
  assert.equal(comparisonSummary(alone), '1 node compared: there is no other to compare with');
  assert.match(
    comparisonSummary({ ...codeComparison, differing: 1400 }),
    /1400 modules differ, the first 2 are shown$/,
  );
});

test('who runs old code was asked, as far as the processes could tell', () => {
  const use = { total: 12_408, asked: 10_000, unknown: 1, count: 2, processes: [] };
  assert.equal(
    oldCodeText(use),
    '2 processes run its old code, of 10,000 of 12,408 that were asked; 1 was too busy to tell.',
  );
  assert.equal(
    oldCodeText({ ...use, total: 9, asked: 9, unknown: 0, count: 1 }),
    '1 process runs its old code, of 9 that were asked.',
  );
});

test('tables of Mnesia say where their copies are, and which nodes are missing', () => {
  assert.deepEqual(mnesia.tables.map(storageText), ['memory and disc', 'memory', 'not here']);
  assert.deepEqual(mnesia.tables.map(copiesText), [
    '2 in memory and on disc, 1 on disc only',
    '2 in memory',
    '1 on disc only',
  ]);
  assert.deepEqual(missingNodes(mnesia), ['edge@10.0.4.7']);
  assert.deepEqual(
    ['yes', 'stopping', 'odd'].map((status) => statusText({ ...mnesia, status })),
    ['runs', 'stops', 'odd'],
  );
  assert.equal(mnesiaSummary(mnesia), '3 tables');
  assert.equal(mnesiaSummary({ ...mnesia, total: 501 }), '3 of 501 tables');
});
