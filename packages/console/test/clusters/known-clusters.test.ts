import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownClusters } from '../../src/clusters/known-clusters.ts';
import { attachClusterSchema } from '../../src/protocol/index.ts';
import { inSqliteStore } from '../../../../test/support/store/in-sqlite-store.ts';

const request = attachClusterSchema.omit({ cookie: true }).parse({ nodes: ['app@10.0.0.5'], name: 'prod' });
const marks = { label: 'prod', color: 'red', production: true, acting: false } as const;

test('an attached cluster is known again, with its marks and its cookie', () =>
  inSqliteStore(async ({ clusters }) => {
    const first = await KnownClusters.load(clusters);
    first.mark('prod', marks);
    await first.save({ id: 'prod', request, owner: 1000, cookie: 'secret' });
    await first.saveMarks('prod', { ...marks, label: 'Production' });
    await first.saveMarks('local', { ...marks, color: 'blue' });
    const second = await KnownClusters.load(clusters);
    assert.deepEqual(second.attached, [{ id: 'prod', request, owner: 1000, cookie: 'secret' }]);
    assert.deepEqual(second.marksOf('prod'), { ...marks, label: 'Production' });
    assert.deepEqual(second.colors, ['blue', 'red']);
    await second.delete('prod');
    const third = await KnownClusters.load(clusters);
    assert.deepEqual([third.attached, third.marksOf('prod')], [[], undefined]);
  }));

test('a connection that cannot be read is an error that names its cluster, and not its cookie', () =>
  inSqliteStore(async ({ clusters }) => {
    const attached = { request: '{"nodes":7}', cookie: 'secret' };
    await clusters.save({ id: 'prod', ...marks, attached });
    await assert.rejects(KnownClusters.load(clusters), (error: Error) => {
      assert.match(error.message, /the cluster prod/);
      assert.doesNotMatch(String(error.cause) + error.message, /secret/);
      return true;
    });
  }));
