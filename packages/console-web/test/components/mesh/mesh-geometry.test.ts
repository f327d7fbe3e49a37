/** The part of the mesh that is drawn. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxHeight, boxWidth, viewOf } from '../../../src/components/mesh/mesh-geometry.ts';

const spread = [
  { x: -400, y: -300 },
  { x: 400, y: 300 },
];

test('shows the whole mesh where there is room for it', () => {
  const view = viewOf(spread, { width: 1200, height: 800 });
  assert.deepEqual(view.drawing, { width: 1200, height: 800 });
  assert.equal(view.width, 1200, 'at its own size');
  assert.ok(view.x <= -400 - boxWidth / 2 && view.x + view.width >= 400 + boxWidth / 2);
});

test('draws the mesh larger than a phone rather than too small to read', () => {
  const frame = { width: 390, height: 300 };
  const view = viewOf(spread, frame);
  assert.ok(view.width / view.drawing.width <= 1.4, 'names stay legible');
  assert.ok(view.drawing.width > frame.width && view.drawing.height > frame.height, 'it scrolls');
  assert.ok(view.y <= -300 - boxHeight / 2 && view.y + view.height >= 300 + boxHeight / 2);
});
