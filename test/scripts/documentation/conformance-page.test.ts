/** docs/protocol/conformance.md says what the conformance suite tries. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { conformancePage, pageOf } from '../../../scripts/testing/conformance-page.ts';
import { conformanceRows } from '../../interop/conformance/rows.ts';

test('the conformance table is the one that its script writes', () => {
  assert.equal(readFileSync(conformancePage, 'utf8'), pageOf(conformanceRows), 'run: npm run conformance');
});

test('each of its rows is tried, or has a reason why not', () => {
  for (const { feature, answer, cases = [], suites = [] } of conformanceRows) {
    if (answer.startsWith('Yes')) assert.ok(cases.length + suites.length > 0, feature);
    else assert.match(answer, /^(No|Only)\b.*[:;]|^Only for /, feature);
    for (const path of suites) assert.ok(existsSync(new URL(`../../../${path}`, import.meta.url)), path);
  }
});
