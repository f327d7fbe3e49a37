/** Connections in a file. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attachClusterSchema, type ClusterView } from '@convoy/console/protocol';
import type { CliError } from '../../../src/errors.ts';
import {
  cookiesOf,
  readSavedClusters,
  savedClustersOf,
} from '../../../src/targets/clusters/saved-clusters.ts';
import { makeFolder } from '../../temporary-folder.ts';

const { cookie: _secret, ...request } = attachClusterSchema.parse({
  nodes: ['app@10.0.0.5'],
  cookie: 'secret-of-prod',
});
const prod: ClusterView = {
  id: 'prod',
  kind: 'attached',
  label: 'Shop',
  color: 'red',
  production: true,
  acting: false,
  state: 'up',
  request,
};
const own: ClusterView = {
  id: 'local',
  kind: 'own',
  label: 'here',
  color: 'blue',
  production: false,
  acting: true,
  state: 'up',
};

const refusal = (code: string, text: RegExp) => (error: CliError) =>
  error.code === code && text.test(`${error.message}. ${error.remedy}`);

describe('exported clusters', () => {
  test('are the attached ones, and are read as they were written', () => {
    const saved = savedClustersOf([own, prod]);
    assert.deepEqual(
      saved.clusters.map(({ id, label, color, production, acting }) => [
        id,
        label,
        color,
        production,
        acting,
      ]),
      [['prod', 'Shop', 'red', true, false]],
    );
    using folder = makeFolder({ 'clusters.json': JSON.stringify(saved) });
    assert.deepEqual(readSavedClusters(folder.file('clusters.json')), saved.clusters);
  });

  test('in a file that is not one are refused with what is wrong with it', () => {
    using folder = makeFolder({ 'a.json': '{', 'b.json': '{"clusters": [{"id": "prod"}]}' });
    assert.throws(
      () => readSavedClusters(folder.file('a.json')),
      refusal('CLI_BAD_OPTION', /a\.json cannot be read/),
    );
    assert.throws(
      () => readSavedClusters(folder.file('b.json')),
      refusal('CLI_BAD_OPTION', /clusters\.0\.\w+: /),
    );
  });

  test('get their cookies from files that are named, and from no argument list', async () => {
    using folder = makeFolder({ 'prod.cookie': 'secret-of-prod' });
    const file = folder.file('prod.cookie');
    const { clusters } = savedClustersOf([prod]);
    assert.deepEqual([...(await cookiesOf(clusters, [`prod=${file}`]))], [['prod', { cookieFile: file }]]);
    const known = clusters.map((cluster) => ({
      ...cluster,
      request: { ...cluster.request, cookieFile: file },
    }));
    assert.deepEqual([...(await cookiesOf(known, []))], [['prod', { cookieFile: file }]]);
    const there = clusters.map((cluster) => ({
      ...cluster,
      request: { ...cluster.request, via: 'ssh://ops@db1' },
    }));
    assert.deepEqual([...(await cookiesOf(there, []))], [['prod', {}]]);
  });

  test('without a cookie, or with one for another cluster, are refused', async () => {
    const { clusters } = savedClustersOf([prod]);
    await assert.rejects(
      cookiesOf(clusters, ['test=/x']),
      refusal('CLI_BAD_OPTION', /no cluster test.*one of prod/),
    );
    await assert.rejects(cookiesOf(clusters, ['/x']), refusal('CLI_BAD_OPTION', /CLUSTER=FILE/));
    await assert.rejects(cookiesOf(clusters, []), refusal('CLI_NO_COOKIE', /prod.*--cookie-file prod=FILE/));
  });
});
