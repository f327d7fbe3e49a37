/** The question before something is changed in production. */

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { putCluster, replaceClusters } from '../../../src/state/clusters/clusters.ts';
import { confirmChange, productionQuestion } from '../../../src/state/clusters/production.ts';
import { attachedCluster, ownCluster } from '../../cluster-scenes.ts';

const change = { sentence: 'a@h is removed.', button: 'Remove' };

describe('a change', () => {
  beforeEach(() => {
    replaceClusters([
      ownCluster,
      attachedCluster('prod', { label: 'Shop, live', production: true }),
      attachedCluster('bank', { production: true }),
    ]);
  });

  test('is not asked about where no cluster is marked', async () => {
    assert.equal(await confirmChange(['local', 'unknown'], change), true);
    assert.equal(productionQuestion.value, undefined);
  });

  test('is asked about with the label of every marked cluster, once', async () => {
    const answered = confirmChange(['prod', 'local', 'bank', 'prod'], change);
    const question = productionQuestion.value;
    assert.deepEqual(question?.labels, ['Shop, live', 'bank']);
    assert.equal(question?.sentence, change.sentence);
    question?.answer(true);
    assert.equal(await answered, true);
    assert.equal(productionQuestion.value, undefined);
  });

  test('is not made when the user declines, or when another question takes its place', async () => {
    const first = confirmChange(['prod'], change);
    const second = confirmChange(['bank'], change);
    assert.equal(await first, false);
    assert.deepEqual(productionQuestion.value?.labels, ['bank']);
    productionQuestion.value?.answer(false);
    assert.equal(await second, false);
  });

  test('is asked about as soon as the cluster is marked, and no longer when it is not', async () => {
    putCluster(attachedCluster('prod', { production: false }));
    assert.equal(await confirmChange(['prod'], change), true);
    putCluster({ ...ownCluster, production: true });
    const answered = confirmChange(['local'], change);
    assert.deepEqual(productionQuestion.value?.labels, ['this computer']);
    productionQuestion.value?.answer(true);
    assert.equal(await answered, true);
  });
});
