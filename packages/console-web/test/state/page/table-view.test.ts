/** How the table is shown, as stored in the browser by any version of the page. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFiltering, nextSort, noFilters, parseTableView } from '../../../src/state/page/table-view.ts';

describe('the stored view of the table', () => {
  test('is taken as it was written', () => {
    const view = {
      density: 'compact',
      sort: { column: 'memory', isDescending: true },
      filters: { text: 'web', kind: 'elixir', place: 'local', version: '', status: 'up' },
      folded: ['local'],
    };
    assert.deepEqual(parseTableView(JSON.parse(JSON.stringify(view))), view);
  });

  test('is the usual one where it means nothing', () => {
    const usual = { density: 'auto', sort: undefined, filters: noFilters, folded: [] };
    const strange = { density: 'tiny', sort: { column: 'colour' }, filters: { text: 7 }, folded: 'all' };
    for (const stored of [undefined, null, 3, 'text', [], {}, strange])
      assert.deepEqual(parseTableView(stored), usual);
    assert.deepEqual(parseTableView({ folded: ['a', 4, null] }).folded, ['a']);
  });

  test('says whether a filter hides something', () => {
    assert.equal(isFiltering(noFilters), false);
    assert.equal(isFiltering({ ...noFilters, text: '  ' }), false);
    assert.equal(isFiltering({ ...noFilters, status: 'up' }), true);
  });
});

test('the head of a column sorts up, then down, then not at all', () => {
  const up = nextSort(undefined, 'name');
  assert.deepEqual(up, { column: 'name', isDescending: false });
  const down = nextSort(up, 'name');
  assert.deepEqual(down, { column: 'name', isDescending: true });
  assert.equal(nextSort(down, 'name'), undefined);
  assert.deepEqual(nextSort(down, 'kind'), { column: 'kind', isDescending: false });
});
