/** What every diagnosis of a fault must be. */

import assert from 'node:assert/strict';
import type { Diagnosis } from '@convoy/cluster/doctor';

/** The cookie of the examined nodes, which no diagnosis may contain. */
export const cookie = 'cookie_of_the_patients';

/** Fails unless the diagnosis is the expected one, with matching evidence or remedy, and without a secret. */
export function assertFault(diagnosis: Diagnosis, code: string, failedStep?: string): void {
  assert.equal(diagnosis.fault?.code, code, JSON.stringify(diagnosis, undefined, 2));
  assert.equal(diagnosis.ok, false);
  const failed = diagnosis.steps.filter(({ status }) => status === 'failed').map(({ name }) => name);
  assert.ok(failed.length > 0, 'a fault shows in a step');
  if (failedStep !== undefined)
    assert.ok(failed.includes(failedStep), `${failedStep} is not in ${failed.join(', ')}`);
  assert.ok((diagnosis.fault?.sentence.length ?? 0) > 10 && (diagnosis.fault?.remedy.length ?? 0) > 10);
  assert.doesNotMatch(JSON.stringify(diagnosis), new RegExp(cookie));
}
