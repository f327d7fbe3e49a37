import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanMatch, commonPrefix, formatMatches } from '../../src/line-editor/completion.ts';
import { textWidth } from '../../src/cell-width.ts';

describe('completion', () => {
  it('finds the common prefix', () => {
    assert.equal(commonPrefix(['map', 'map_every', 'max']), 'ma');
    assert.equal(commonPrefix([]), '');
    assert.equal(commonPrefix(['one']), 'one');
  });

  it('lays matches out in columns, downward', () => {
    const lines = formatMatches([{ title: undefined, items: ['aa', 'bb', 'cc', 'dd', 'ee'] }], 12);
    assert.deepEqual(lines, ['aa  cc  ee', 'bb  dd']);
  });

  it('never makes a line wider than the terminal', () => {
    const items = ['日本語の関数', 'x'.repeat(300), 'short'];
    for (const line of formatMatches([{ title: 'functions', items }], 20)) assert.ok(textWidth(line) < 20);
  });

  it('says how many matches it leaves out', () => {
    const items = Array.from({ length: 1000 }, (_, index) => `m${index}`);
    assert.equal(formatMatches([{ title: undefined, items }], 80).at(-1), '(700 more)');
  });

  it('cleans what comes from a node', () => {
    assert.equal(cleanMatch('a\u001b]52;c;x\u0007b\n'), 'a ]52;c;x b ');
    assert.ok(cleanMatch('x'.repeat(10_000)).length < 210);
  });
});
