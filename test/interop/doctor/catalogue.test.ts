/** Stages every fault of the catalogue, and holds what the doctor says of it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { onlyInAll, testedReleases } from '../../support/extent.ts';
import { missingMounts } from '../../support/network/host-names.ts';
import { missingNamespaces } from '../../support/network/namespaces.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';
import { cookie } from './assert-fault.ts';
import { catalogue } from './catalogue.ts';
import { Lab } from './lab.ts';
import { type StagedFault, sentencePattern } from './staged-fault.ts';

const missing = {
  namespaces: missingNamespaces() ?? false,
  sshd: missingSshd() ?? false,
  mounts: missingMounts(),
} as const;

function skipOf({ needs, isSample }: StagedFault): string | false {
  const lacking = needs === undefined ? false : missing[needs];
  return isSample === true ? lacking : onlyInAll(lacking);
}

/** In `npm test` one release: what nodes show of themselves is the same in all, as `npm run test:all` holds. */
const releases = onlyInAll() === false ? testedReleases() : (['25'] as const);

for (const [{ kind, faults }, release] of catalogue.flatMap((one) =>
  releases.map((release) => [one, release] as const),
)) {
  describe(`staged faults: ${kind}, OTP ${release}`, { skip: missingPeer(release) }, () => {
    for (const fault of faults) {
      test(fault.staging, { skip: skipOf(fault) }, async () => {
        await using lab = await Lab.open(release);
        const diagnosis = await fault.stage(lab);
        const text = JSON.stringify(diagnosis, undefined, 2);
        const found =
          fault.isWarning === true
            ? diagnosis.warnings.find(({ code }) => code === fault.code)
            : diagnosis.fault;
        assert.equal(found?.code, fault.code, text);
        assert.equal(diagnosis.ok, fault.isWarning === true, text);
        if (fault.sentence !== '*') assert.match(found?.sentence ?? '', sentencePattern(fault.sentence));
        assert.equal(found?.possible?.length ?? 0, fault.possible ?? 0, text);
        assert.ok((found?.remedy.length ?? 0) > 10, text);
        assert.doesNotMatch(text, new RegExp(cookie));
      });
    }
  });
}

test('the catalogue has every kind once, and enough of them', () => {
  const all = catalogue.flatMap(({ faults }) => faults);
  assert.ok(all.length >= 45, `${all.length}`);
  assert.equal(new Set(all.map(({ staging }) => staging)).size, all.length);
});
