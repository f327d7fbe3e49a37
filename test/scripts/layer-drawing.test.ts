import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawLayers } from '../../scripts/layer-drawing.ts';

test('ARCHITECTURE.md fits two pages', () => {
  const page = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  assert.ok(page.split('\n').length <= 140, 'move what is longer into docs/tour.md or an ADR');
});

test('a room is drawn above everything that it may import, with its inner rooms', () => {
  const drawn = drawLayers([
    { place: 'floor', mayImport: [] },
    { place: 'wire/codec', mayImport: ['floor'] },
    { place: 'wire', mayImport: ['floor'] },
    { place: 'actors', mayImport: ['floor'] },
    { place: 'assembly', mayImport: ['wire', 'actors'] },
    { place: 'index', mayImport: ['*'] },
  ]);
  assert.equal(drawn, [' index', ' assembly', ' wire (codec) · actors', ' floor'].join('\n'));
});
