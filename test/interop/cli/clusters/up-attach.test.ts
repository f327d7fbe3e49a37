/** `convoy up --attach` and `--discover`: a console that starts with a running cluster. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { endProcess } from '../../../support/child-process.ts';
import { ConvoyProcess, runConvoy } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { AttachScene } from '../../../support/members/attach-scene.ts';

const app = 'app@127.0.0.1';

/** Waits until the console has printed it. */
function printed(convoy: { output(): string }, pattern: RegExp): Promise<void> {
  return eventually(
    () => `${pattern} in ${convoy.output()}`,
    60_000,
    () => pattern.test(convoy.output()),
  );
}

describe('convoy up', { skip: missingPeer('25') }, () => {
  test('attaches the cluster of --attach', async () => {
    await using scene = new AttachScene();
    const { way } = await scene.startCluster({ cookie: 'at-start' });
    const convoy = await scene.startConsole(['--attach', 'gone@127.0.0.1', app, ...way]);
    await printed(convoy, /^convoy: gone is attached through app@127\.0\.0\.1: 2 nodes$/m);
    const nodes = await scene.json<NodeView[]>('list');
    assert.deepEqual(nodes.map(({ name }) => name).toSorted(), [app, 'web@127.0.0.1']);
  });

  test('attaches the cluster that --discover finds, also from the environment, and only once', async () => {
    await using scene = new AttachScene();
    const { epmdPort, cookieFile } = await scene.startCluster({ cookie: 'found-at-start' });
    const env = {
      ...scene.env,
      CONVOY_DATA_DIR: `${scene.home}/data`,
      CONVOY_PORT: '0',
      CONVOY_COOKIE_FILE: cookieFile,
      CONVOY_DISCOVER: `epmd:hosts=127.0.0.1,port=${epmdPort},interval=200`,
      ERL_EPMD_PORT: String(epmdPort),
    };
    for (const _time of ['first', 'second']) {
      await using up = new ConvoyProcess(['up'], { env });
      await up.waitFor(/^convoy: epmd is attached through (?:app|web)@127\.0\.0\.1: [1-9] nodes?$/m);
      await endProcess(up.child, 'SIGTERM');
    }
  });

  test('prints why a cluster cannot be attached, and goes on', async () => {
    await using scene = new AttachScene();
    const { epmdPort } = await scene.startCluster({ cookie: 'right', names: ['app'] });
    const other = await scene.startCluster({ cookie: 'wrong', names: [] });
    const way = ['--epmd-port', String(epmdPort), '--cookie-file', other.cookieFile];
    const convoy = await scene.startConsole(['--attach', app, ...way]);
    await printed(convoy, /\[COOKIE\]\n {2}seen: [^]*^convoy: app cannot be attached: /m);
    const clusters = await scene.json<ClusterView[]>('clusters');
    assert.equal(clusters.find(({ id }) => id === 'app')?.state, 'failed');
    assert.match((await scene.run('list')).stdout, /^app could not be attached: /m);
  });

  test('refuses flags that cannot be right before it starts', async () => {
    await using scene = new AttachScene();
    const env = { ...scene.env, CONVOY_DATA_DIR: `${scene.home}/data`, CONVOY_COOKIE: 'x' };
    for (const [words, text] of [
      [['--attach', app, '--proto', 'udp'], /--proto udp is not a known value/],
      [['--proto', 'inet6'], /--proto has no effect without a cluster to attach/],
    ] as const) {
      const { code, stdout, stderr } = await runConvoy(['up', '--port', '0', ...words], { env });
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, text);
    }
  });
});
