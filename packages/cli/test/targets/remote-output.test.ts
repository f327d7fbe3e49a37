/** The text of what a node prints. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom } from '@convoy/node/etf';
import { attack } from '../../../../test/support/attack.ts';
import { chardataText } from '../../src/targets/remote-output.ts';

test('chardata is binaries, code points and lists of them', () => {
  const nested = [Buffer.from('a'), [98, [0x1f600, []]], Buffer.from('ö')];
  assert.equal(chardataText(nested), 'ab😀ö');
  assert.equal(chardataText([]), '');
});

test('a character may be cut between two binaries', () => {
  const bytes = Buffer.from('ö');
  assert.equal(chardataText([bytes.subarray(0, 1), bytes.subarray(1)]), 'ö');
});

attack('Node output', 'a million characters that a node prints one by one take no buffer each', (t) => {
  const characters = Array.from({ length: 1_000_000 }, () => 0x1f600);
  const { mock } = t.mock.method(Buffer, 'from');
  assert.equal(chardataText(characters), '😀'.repeat(1_000_000));
  assert.ok(mock.callCount() < 1000, `${mock.callCount()} buffers`);
});

test('bytes of latin1 are characters', () => {
  assert.equal(chardataText(Buffer.from([0xf6]), 'latin1'), 'ö');
});

test('rejects everything else', () => {
  for (const term of [atom('a'), 1.5, -1, 0x110000, [atom('a')]]) {
    assert.equal(chardataText(term), undefined);
  }
});
