/** Failures on Railway while the provider launches nodes and follows them, staged by the simulator. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll } from '../../support/extent.ts';
import {
  deploymentOf,
  failedLaunch,
  launchOn,
  logTexts,
  railwayImages,
  RailwayWorld,
} from '../../support/railway-world.ts';

test('a failed build is reported with its last lines, and leaves nothing behind', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  world.simulator.addFault({ kind: 'buildFails', message: 'no space left on device' });
  const { error, node, failed } = await failedLaunch(provider);
  assert.equal(error.code, 'PROVIDER_DEPLOY_FAILED');
  assert.match(error.message, /building its image: failed, no space left on device/);
  assert.ok(error.lastOutput.includes('no space left on device') && error.remedy !== undefined);
  assert.equal(failed?.name, 'build');
  assert.deepEqual(await world.services(), []);
  await eventually('the line in its log', 30_000, () =>
    logTexts(provider, node).includes('no space left on device'),
  );
  await provider.destroy(node);
  assert.equal(provider.logs(node), undefined);
});

test('a node that crashes while it starts is reported with its output', async () => {
  await using world = await RailwayWorld.start();
  const { source } = railwayImages.typescript;
  const images = { typescript: { source, startCommand: 'convoy node --epmd nonsense' } };
  const provider = world.provider({ images, restartPolicy: 'NEVER' });
  const { error } = await failedLaunch(provider);
  assert.equal(error.code, 'PROVIDER_NODE_EXITED');
  assert.match(error.lastOutput.join('\n'), /--epmd is one of|nonsense/);
  assert.deepEqual(await world.services(), []);
  assert.deepEqual(world.containers(), []);
});

test(
  'a node that runs but does not answer is reported with the ports it listens on',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const { source } = railwayImages.typescript;
    const images = { typescript: { source, startCommand: 'convoy node --listen-port 9555' } };
    const provider = world.provider({ images, answerTimeoutMs: 8000 });
    const details: (string | undefined)[] = [];
    const { error, failed } = await failedLaunch(provider, ({ detail }) => details.push(detail));
    assert.equal(error.code, 'PROVIDER_TIMEOUT');
    assert.match(error.message, /refused|ECONNREFUSED/i);
    assert.match(error.remedy ?? '', /port 9100 \(only on 9555\)/);
    assert.ok(details.some((detail) => detail?.startsWith('no answer yet: ')));
    assert.equal(failed?.name, 'answer');
    assert.deepEqual(await world.services(), []);
  },
);

test('a node with another cookie fails the launch early, as unreachable', { skip: onlyInAll() }, async () => {
  await using world = await RailwayWorld.start();
  const { source } = railwayImages.typescript;
  const images = { typescript: { source, startCommand: 'convoy node --cookie another' } };
  const { error } = await failedLaunch(world.provider({ images }));
  assert.equal(error.code, 'PROVIDER_UNREACHABLE');
  assert.deepEqual(await world.services(), []);
});

test('a crash ends a node, unless Railway restarts the container', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  const node = await launchOn(provider);
  const deploymentId = await deploymentOf(provider, node.name);
  let hasEnded = false;
  void node.exited.then(() => (hasEnded = true));
  const [before] = world.containers(node.name);
  world.simulator.crash(deploymentId);
  await eventually('another container', 30_000, () => {
    const [now] = world.containers(node.name);
    return now !== undefined && now !== before && world.node.list('connected').includes(node.name);
  });
  assert.ok(!hasEnded);
  await provider.destroy(node.name);
  assert.equal((await node.exited).expected, true);

  const strict = world.provider({ restartPolicy: 'NEVER' });
  const other = await launchOn(strict);
  world.simulator.crash(await deploymentOf(strict, other.name));
  const exit = await other.exited;
  assert.deepEqual([exit.expected, exit.reason], [false, 'its container crashed']);
  assert.ok(exit.lastOutput.some((text) => text.includes('container ended: signal SIGKILL')));
  assert.deepEqual(await world.services(), ['ts-1'], 'the service stays until the node is destroyed');
});

test('a deployment started on Railway replaces the one before', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider({ restartPolicy: 'NEVER' });
  const node = await launchOn(provider);
  let hasEnded = false;
  void node.exited.then(() => (hasEnded = true));
  const down = new Promise<void>((resolve) => {
    world.node.onNodeDown((name) => name === node.name && resolve());
  });
  const second = await world.environment.redeploy(await deploymentOf(provider, node.name));
  await down;
  await eventually('the node to be connected again', 30_000, () =>
    world.node.list('connected').includes(node.name),
  );
  assert.ok(!hasEnded);
  const isUp = (): number =>
    logTexts(provider, node.name).filter((text) => text.includes(`${node.name} is up`)).length;
  await eventually('the log lines of both deployments', 30_000, () => isUp() === 2);
  world.simulator.crash(second);
  assert.equal((await node.exited).expected, false);
});

test(
  'a failed deployment leaves the one before running, and the node keeps it',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const first = world.provider({ restartPolicy: 'NEVER' });
    const node = await launchOn(first);
    const running = await deploymentOf(first, node.name);
    world.simulator.addFault({ kind: 'buildFails', message: 'no space left on device' });
    const failed = await world.environment.redeploy(running);
    for await (const { status } of world.environment.watchDeployment(failed))
      assert.notEqual(status, 'SUCCESS');
    assert.equal(await deploymentOf(first, node.name), running);
    await first.close();
    const second = world.provider();
    const adopted = await second.adopt(node.name);
    assert.ok(world.node.list('connected').includes(node.name));
    await second.control(node.name, 'stop');
    assert.equal((await adopted.exited).expected, true);
  },
);

test(
  'a launch continues with the deployment that replaces its own on Railway',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const provider = world.provider();
    const release = world.simulator.hold('BUILDING');
    const plan = await provider.plan({ kind: 'typescript' });
    const building = Promise.withResolvers<void>();
    const launched = provider.launch(plan, {
      onStep: ({ detail }) => {
        if (detail?.startsWith('Railway is building it') === true) building.resolve();
      },
    });
    await building.promise;
    const [service] = await world.environment.services();
    assert.ok(service?.latestDeployment !== undefined);
    await world.environment.redeploy(service.latestDeployment.id);
    await world.environment.cancel(service.latestDeployment.id);
    release();
    const { name } = await launched;
    assert.ok(world.node.list('connected').includes(name));
  },
);

test(
  'a step says that approval is needed, and a skipped deployment fails the launch',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const provider = world.provider();
    world.simulator.addFault({ kind: 'needsApproval' });
    const approvalNeeded = Promise.withResolvers<void>();
    const launched = provider.launch(await provider.plan({ kind: 'typescript' }), {
      onStep: ({ detail }) => detail?.includes('approve the deployment') === true && approvalNeeded.resolve(),
    });
    await approvalNeeded.promise;
    const [service] = await world.environment.services();
    world.simulator.approve(service?.latestDeployment?.id ?? '');
    await launched;

    world.simulator.addFault({ kind: 'skips' });
    const { error } = await failedLaunch(provider);
    assert.equal(error.code, 'PROVIDER_DEPLOY_FAILED');
    assert.match(error.message, /Railway skipped its deployment/);
  },
);

test(
  'a failed launch whose service cannot be deleted reports both, and can be deleted later',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const provider = world.provider();
    world.simulator.addFault({ kind: 'buildFails', message: 'no space left on device' });
    world.simulator.addFault({
      kind: 'problem',
      operation: 'ServiceDelete',
      message: 'Problem processing request',
    });
    const { error, node } = await failedLaunch(provider);
    assert.match(error.message, /no space left on device.*cannot be deleted.*Problem processing request/);
    assert.deepEqual(await world.services(), ['ts-1']);
    await provider.destroy(node);
    assert.deepEqual(await world.services(), []);
  },
);

test('deleting a service on Railway ends its node', { skip: onlyInAll() }, async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  const node = await launchOn(provider);
  const [service] = await world.environment.services();
  await world.environment.deleteService(service?.serviceId ?? '');
  const exit = await node.exited;
  assert.deepEqual([exit.expected, exit.reason], [false, 'its service was deleted on Railway']);
  await provider.destroy(node.name);
  assert.deepEqual(await provider.existing(), []);
});

test('Railway’s limits are reported, waited for within bounds, and leave nothing behind', async () => {
  await using world = await RailwayWorld.start({ serviceLimit: 1 });
  const provider = world.provider();
  world.simulator.addFault({ kind: 'rateLimited', operation: 'ServiceCreate', retryAfterSeconds: 1 });
  const details: string[] = [];
  const plan = await provider.plan({ kind: 'typescript' });
  await provider.launch(plan, { onStep: ({ detail = '' }) => details.push(detail) });
  assert.ok(details.some((detail) => /request limit is used up: continuing in \d+ s/.test(detail)));
  const full = await failedLaunch(provider);
  assert.equal(full.error.code, 'PROVIDER_LIMIT');
  assert.match(full.error.message, /provision limit exceeded/);
  await provider.destroy(full.node);
  await provider.destroy(plan.node);

  const hasty = world.provider({}, { maxWaitMs: 500 });
  world.simulator.addFault({ kind: 'rateLimited', operation: 'Deploy', retryAfterSeconds: 2 });
  const late = await failedLaunch(hasty);
  assert.equal(late.error.code, 'PROVIDER_LIMIT');
  assert.match(late.error.message, /request limit is used up/);
  assert.deepEqual(await world.services(), []);
});

test('nodes of other consoles count towards the limit', { skip: onlyInAll() }, async () => {
  await using world = await RailwayWorld.start();
  const [one, two] = [world.provider({ nodeLimit: 2 }), world.provider({ nodeLimit: 2 })];
  const node = await launchOn(one);
  const plan = await two.plan({ kind: 'typescript' });
  assert.notEqual(splitNodeName(plan.node).name, splitNodeName(node.name).name);
  await assert.rejects(two.plan({ kind: 'typescript' }), { code: 'PROVIDER_LIMIT' });
  plan.release();
  await two.plan({ kind: 'typescript' });
});

test('no log line is lost or repeated when sockets break', async () => {
  await using world = await RailwayWorld.start();
  const provider = world.provider();
  const node = await launchOn(provider);
  const line = `Received ping on node ${node.name}`;
  const count = (): number => logTexts(provider, node.name).filter((text) => text === line).length;
  for (let round = 1; round <= 10; round += 1) {
    for (let ping = 0; ping < 20; ping += 1) {
      world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
    }
    await world.node.rpc(node.name, 'convoy', 'info', []);
    world.simulator.cutSockets();
    await eventually(`${round * 20} lines`, 30_000, () => count() >= round * 20);
  }
  await world.node.rpc(node.name, 'convoy', 'info', []);
  assert.equal(count(), 200);
});

test(
  'sockets that Railway refuses for a while end neither the node nor its log',
  { skip: onlyInAll() },
  async () => {
    await using world = await RailwayWorld.start();
    const provider = world.provider({ restartPolicy: 'NEVER' });
    const node = await launchOn(provider);
    let hasEnded = false;
    void node.exited.then(() => (hasEnded = true));
    world.simulator.addFault({ kind: 'notAuthorized', operation: 'socket', times: 2 });
    world.simulator.cutSockets();
    world.node.send({ name: 'convoy_worker', node: node.name }, atom('ping'));
    const line = `Received ping on node ${node.name}`;
    await eventually('the line in its log', 30_000, () => logTexts(provider, node.name).includes(line));
    assert.ok(
      logTexts(provider, node.name).some((text) =>
        text.startsWith('the log on Railway cannot be followed: '),
      ),
    );
    assert.ok(!hasEnded);
    world.simulator.crash(await deploymentOf(provider, node.name));
    assert.equal((await node.exited).expected, false);
  },
);
