/**
 * One suite for the whole distribution protocol: every row of the conformance table, over every release, carrier, visibility and framing.
 * `npm test` takes some of the combinations.
 */

import { after, before, describe, test } from 'node:test';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../support/extent.ts';
import { conformanceRows } from './rows.ts';
import { combinations, missingCarrier, Scene, titleOf } from './scene.ts';

/** Spread over the list, so that each carrier, visibility and framing is among them. */
const inSample = 5;

for (const combination of someOf(combinations(testedReleases()), inSample)) {
  const skip = missingPeer(combination.release) || missingCarrier(combination);
  describe(titleOf(combination), { skip }, () => {
    let scene: Scene;
    before(async () => {
      scene = await Scene.start(combination);
      await scene.connect();
    });
    after(() => scene?.[Symbol.asyncDispose]());

    for (const { feature, cases = [] } of conformanceRows) {
      for (const { title, appliesTo, run } of cases) {
        if (appliesTo === undefined || appliesTo(combination)) test(`${feature}: ${title}`, () => run(scene));
      }
    }
  });
}
