/** Holds that the doctor raises no false alarm. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { onlyInAll } from '../../support/extent.ts';
import { missingMounts } from '../../support/network/host-names.ts';
import { missingNamespaces } from '../../support/network/namespaces.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';
import { healthy, type HealthyVariant } from './healthy.ts';
import { Lab } from './lab.ts';

const missing = {
  namespaces: missingNamespaces() ?? false,
  sshd: missingSshd() ?? false,
  mounts: missingMounts(),
} as const;

function skipOf({ needs, isSample }: HealthyVariant): string | false {
  const lacking = needs === undefined ? false : missing[needs];
  return isSample === true ? lacking : onlyInAll(lacking);
}

describe('the doctor finds nothing wrong with', { skip: missingPeer('25') }, () => {
  for (const variant of healthy) {
    test(variant.what, { skip: skipOf(variant) }, async () => {
      await using lab = await Lab.open();
      const diagnosis = await variant.stage(lab);
      const text = JSON.stringify(diagnosis, undefined, 2);
      assert.deepEqual([diagnosis.ok, diagnosis.fault, diagnosis.warnings], [true, undefined, []], text);
      assert.deepEqual(
        diagnosis.steps.filter(({ status }) => status !== 'ok'),
        [],
        text,
      );
    });
  }

  test('at least twenty variants', () => assert.ok(healthy.length >= 20, `${healthy.length}`));
});
