/** docs/guide/doctor-faults.md shows the faults that are staged, and nothing else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doctorPage, withoutLayout, writtenPage } from '../../interop/doctor/table.ts';

test('the table of staged faults is up to date', () => {
  assert.equal(
    withoutLayout(writtenPage()),
    withoutLayout(doctorPage()),
    'run `node test/interop/doctor/table.ts`, then `npm run format`',
  );
});
