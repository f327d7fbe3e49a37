/** The guide of the console names every route of its HTTP API. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { routes } from '@convoy/console/protocol';

test('every route of the console is in its guide', () => {
  const guide = readFileSync(new URL('../../../docs/guide/console.md', import.meta.url), 'utf8');
  const missing = Object.keys(routes).filter((route) => !guide.includes(`\`${route}\``));
  assert.deepEqual(missing, []);
});
