/** The pure parts of the Railway provider: phases and words, names, variables, errors. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '../../../src/errors.ts';
import {
  describeDeployment,
  describeEnd,
  describeEvent,
  isBuilt,
  phaseOf,
} from '../../../src/platforms/railway/deployments/deployment-phase.ts';
import {
  explained,
  explainEnd,
  mayPass,
} from '../../../src/platforms/railway/deployments/provider-failures.ts';
import { capabilitiesOf, defaultImages, imageOf } from '../../../src/platforms/railway/provider/images.ts';
import {
  checkExtraVariables,
  nodeVariables,
} from '../../../src/platforms/railway/services/node-variables.ts';
import {
  anotherServiceName,
  checkedName,
  kindOf,
  markOf,
  serviceNameFor,
} from '../../../src/platforms/railway/services/service-names.ts';
import { checkServiceName, checkVariables } from '../../../src/platforms/railway/model/check-input.ts';
import { RailwayError, type RailwayErrorCode } from '../../../src/platforms/railway/model/railway-error.ts';
import {
  deploymentStatuses,
  failedStatuses,
  type RailwayDeployment,
} from '../../../src/platforms/railway/model/resources.ts';
import { StepRecorder } from '../../../src/launch/step-recorder.ts';
import { kindOfSource } from '../../../../railway-simulator/src/containers/container-command.ts';

const running: RailwayDeployment = {
  id: 'd1',
  status: 'SUCCESS',
  isStopped: false,
  createdAt: 1,
  updatedAt: 1,
  environmentId: 'e1',
  serviceId: 's1',
  instances: [{ id: 'i1', status: 'RUNNING' }],
  sockets: [],
};

test('every status has a phase, and those that Railway never changes are the end', () => {
  for (const status of deploymentStatuses) {
    assert.equal(phaseOf({ status, isStopped: false }) === 'ended', failedStatuses.has(status), status);
  }
  assert.equal(phaseOf({ status: 'SUCCESS', isStopped: true }), 'ended');
  assert.equal(phaseOf({ status: 'SLEEPING', isStopped: true }), 'asleep');
  assert.equal(phaseOf({ status: 'UNKNOWN', isStopped: false }), 'waiting');
  const built = deploymentStatuses.filter((status) => isBuilt(phaseOf({ status, isStopped: false })));
  assert.deepEqual(built, ['DEPLOYING', 'SLEEPING', 'SUCCESS']);
});

test('the description of a status says what people have to do', () => {
  assert.match(describeDeployment({ ...running, status: 'NEEDS_APPROVAL' }), /approve the deployment/);
  assert.match(describeDeployment({ ...running, status: 'SLEEPING' }), /put it to sleep/);
  assert.match(
    describeDeployment({ ...running, instances: [{ id: 'i', status: 'RESTARTING' }] }),
    /restarting/,
  );
  assert.equal(describeDeployment({ ...running, status: 'UNKNOWN' }), 'its status on Railway is UNKNOWN');
});

test('steps are described with their duration, and with why they failed', () => {
  const event = {
    id: '1',
    step: 'BUILD_IMAGE',
    startedAt: 1000,
    completedAt: undefined,
    error: undefined,
    isSkipped: false,
    durationMs: undefined,
  } as const;
  assert.equal(describeEvent(event), 'building its image');
  assert.equal(describeEvent({ ...event, completedAt: 3500 }), 'building its image: done in 2.5 s');
  assert.equal(
    describeEvent({ ...event, completedAt: 3500, durationMs: 100 }),
    'building its image: done in 0.1 s',
  );
  assert.equal(describeEvent({ ...event, isSkipped: true }), 'building its image: skipped');
  assert.equal(describeEvent({ ...event, error: 'no space' }), 'building its image: failed, no space');
  assert.equal(
    describeEnd({ ...running, status: 'FAILED' }, { ...event, error: 'no space' }),
    'building its image: failed, no space',
  );
  assert.equal(describeEnd({ ...running, status: 'FAILED' }, undefined), 'its deployment has failed');
  assert.equal(describeEnd(undefined, undefined), 'its service was deleted on Railway');
});

test('an end is an error with its last lines and a remedy', () => {
  for (const status of failedStatuses) {
    const deployment = { ...running, status };
    const error = explainEnd('a@b', { deployment, failed: undefined, lastOutput: ['one', 'two'] });
    assert.equal(error.code, status === 'CRASHED' ? 'PROVIDER_NODE_EXITED' : 'PROVIDER_DEPLOY_FAILED');
    assert.match(error.message, /^a@b did not start: .*; its last line: two$/);
    assert.deepEqual(error.lastOutput, ['one', 'two']);
    assert.ok(error.remedy !== undefined, status);
  }
  const gone = explainEnd('a@b', { deployment: undefined, failed: undefined, lastOutput: [] });
  assert.equal(gone.message, 'a@b did not start: its service was deleted on Railway');
});

test('a refusal by Railway becomes an error of the provider with the same remedy', async () => {
  const cases: readonly (readonly [RailwayErrorCode, string])[] = [
    ['RAILWAY_PLAN_LIMIT', 'PROVIDER_LIMIT'],
    ['RAILWAY_RATE_LIMITED', 'PROVIDER_LIMIT'],
    ['RAILWAY_NOT_AUTHORIZED', 'PROVIDER_FORBIDDEN'],
    ['RAILWAY_CLOSED', 'PROVIDER_CLOSED'],
    ['RAILWAY_REFUSED', 'PROVIDER_DEPLOY_FAILED'],
  ];
  for (const [code, expected] of cases) {
    const cause = new RailwayError(code, 'no', { remedy: 'do' });
    await assert.rejects(
      explained('a@b', () => Promise.reject(cause)),
      (error: unknown) => {
        assert.ok(error instanceof ProviderError);
        assert.deepEqual([error.code, error.remedy, error.node, error.cause], [expected, 'do', 'a@b', cause]);
        return true;
      },
    );
  }
  assert.ok(mayPass(new RailwayError('RAILWAY_STREAM_LOST', 'no')));
  assert.ok(!mayPass(new RailwayError('RAILWAY_NOT_AUTHORIZED', 'no')) && !mayPass(new Error('no')));
});

test('Railway accepts the service names of all nodes', () => {
  assert.equal(serviceNameFor('ts-1'), 'ts-1');
  assert.equal(serviceNameFor('Web_1'), 'web-1');
  for (const name of [
    'ts-1',
    'Web_1',
    'a_',
    'railway',
    'up',
    'health',
    'railway-internal-x',
    'a'.repeat(63),
    `${'a'.repeat(31)}-b`,
  ]) {
    checkServiceName(serviceNameFor(name));
    const other = anotherServiceName(name, 'abcdefgh');
    checkServiceName(other);
    assert.notEqual(other, serviceNameFor(name));
  }
});

test('a node name without a host is refused', () => {
  assert.equal(checkedName('web@web.railway.internal', 'web@x'), 'web@web.railway.internal');
  for (const name of ['web@', 'web', '', '@x']) {
    assert.throws(() => checkedName(name, 'web@x'), { code: 'PROVIDER_DEPLOY_FAILED' });
  }
});

test('the mark names the cluster, whose id must be valid', () => {
  assert.equal(markOf('staging_2'), 'CONVOY_CLUSTER_STAGING_2');
  for (const bad of ['', 'A', 'a-b', 'a'.repeat(33), 'a b']) {
    assert.throws(() => markOf(bad), { code: 'RAILWAY_BAD_INPUT' });
  }
  assert.deepEqual([kindOf('elixir'), kindOf('cobol'), kindOf(undefined)], ['elixir', 'erlang', 'erlang']);
});

test('variables turn a service into a node, over IPv6 or IPv4', () => {
  const common = { name: 'web', mark: 'CONVOY_CLUSTER_X', cookie: 'c', distPort: 9100 } as const;
  const beam = nodeVariables({
    ...common,
    kind: 'elixir',
    ipv6: true,
    others: [{ A: '1', ERL_AFLAGS: '+S 2' }, { A: '2' }],
  });
  checkVariables(beam);
  assert.deepEqual(beam, {
    A: '2',
    RELEASE_NODE: 'web@${{RAILWAY_PRIVATE_DOMAIN}}',
    RELEASE_COOKIE: 'c',
    RELEASE_DISTRIBUTION: 'name',
    ERL_AFLAGS:
      '-proto_dist inet6_tcp -kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100 -start_epmd false -erl_epmd_port 9100 +S 2',
    CONVOY_CLUSTER_X: 'web',
    CONVOY_KIND: 'elixir',
  });
  const typescript = nodeVariables({ ...common, kind: 'typescript', ipv6: true, others: [] });
  assert.equal(typescript['CONVOY_LISTEN_HOST'], '::');
  assert.ok(!('ERL_AFLAGS' in typescript));
  assert.equal(typescript['ERL_DIST_PORT'], '9100');
  assert.ok(!('ERL_DIST_PORT' in beam), 'a start script would set the port a second time');
  const local = nodeVariables({ ...common, kind: 'erlang', ipv6: false, others: [] });
  assert.match(local['ERL_AFLAGS'] ?? '', /^-kernel inet_dist_listen_min 9100 /);
  assert.ok(!('CONVOY_LISTEN_HOST' in local));
});

test('extra variables set neither a Railway token nor what the provider sets', () => {
  checkExtraVariables({ APP: 'x', ERL_AFLAGS: '+S 2' });
  for (const name of [
    'RAILWAY_TOKEN',
    'RAILWAY_API_TOKEN',
    'RELEASE_COOKIE',
    'CONVOY_KIND',
    'CONVOY_CLUSTER_X',
  ]) {
    assert.throws(
      () => checkExtraVariables({ [name]: 'very-secret' }),
      (error: Error) => error.message.includes(name) && !error.message.includes('very-secret'),
    );
  }
});

test('the kinds with an image can be launched', () => {
  assert.deepEqual(
    capabilitiesOf(defaultImages).map(({ kind, available }) => [kind, available]),
    [
      ['typescript', true],
      ['elixir', false],
      ['erlang', false],
    ],
  );
  assert.equal(kindOfSource(imageOf(defaultImages, 'typescript').source), 'typescript');
  assert.throws(() => imageOf(defaultImages, 'elixir'), { code: 'PROVIDER_NO_IMAGE' });
});

test('a running step reports its detail', async () => {
  const reported: unknown[] = [];
  const recorder = new StepRecorder(
    [{ name: 'build', label: 'Build' }],
    ({ state, detail }) => reported.push([state, detail]),
    () => 1,
  );
  await recorder.run('build', async (report) => {
    report('half');
    return { result: undefined, detail: 'all' };
  });
  assert.deepEqual(reported, [
    ['running', undefined],
    ['running', 'half'],
    ['done', 'all'],
  ]);
});
