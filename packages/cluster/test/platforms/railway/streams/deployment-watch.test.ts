/** How often Railway is asked about a deployment whose subscription is silent. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
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

test('silence is asked about after twice as long each time, and a change begins anew', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let looks = 0;
  let now = up;
  const watch = new DeploymentWatch(new StreamQueue(100), async () => {
    looks += 1;
    return now;
  });
  const passSeconds = async (seconds: number): Promise<number> => {
    const before = looks;
    for (let second = 0; second < seconds; second += 1) {
      context.mock.timers.tick(1000);
      await turn();
    }
    return looks - before;
  };
  await watch.ask();
  assert.equal(await passSeconds(29), 0);
  assert.equal(await passSeconds(1), 1);
  assert.equal(await passSeconds(59), 0);
  assert.equal(await passSeconds(1), 1);
  await passSeconds(3600);
  assert.equal(await passSeconds(3600), 4, 'a node that is up for long costs four requests an hour');
  now = { ...up, status: 'CRASHED', updatedAt: 2 };
  watch.offer(now);
  assert.equal(await passSeconds(30), 1);
  watch.close();
  assert.equal(await passSeconds(3600), 0);
});
