/** How often a deployment is queried while its subscription is silent. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeploymentWatch } from '../../../../src/platforms/railway/streams/deployment-watch.ts';
import type { RailwayDeployment } from '../../../../src/platforms/railway/model/resources.ts';
import { StreamQueue } from '../../../../src/platforms/railway/calls/stream-queue.ts';

const up: RailwayDeployment = {
  id: 'd1',
  status: 'SUCCESS',
  isStopped: false,
  createdAt: 1,
  updatedAt: 1,
  environmentId: 'e1',
  serviceId: 's1',
  instances: [],
  sockets: [],
};

test('the pause before each query of a silent subscription doubles, and a change resets it', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let queries = 0;
  let now = up;
  const watch = new DeploymentWatch(new StreamQueue(100), async () => {
    queries += 1;
    return now;
  });
  const passSeconds = async (seconds: number): Promise<number> => {
    const before = queries;
    for (let second = 0; second < seconds; second += 1) {
      context.mock.timers.tick(1000);
      await nextTurn();
    }
    return queries - before;
  };
  await watch.refresh();
  assert.equal(await passSeconds(29), 0);
  assert.equal(await passSeconds(1), 1);
  assert.equal(await passSeconds(59), 0);
  assert.equal(await passSeconds(1), 1);
  await passSeconds(3600);
  assert.equal(await passSeconds(3600), 4, 'a node that runs for long costs four requests an hour');
  now = { ...up, status: 'CRASHED', updatedAt: 2 };
  watch.offer(now);
  assert.equal(await passSeconds(30), 1);
  watch.close();
  assert.equal(await passSeconds(3600), 0);
});
