/** A console that is killed or frozen while it follows a logger: the node is left as it was, and nothing there has waited. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { LogLine } from '@convoy/console/protocol';
import { type ConsoleProcess, startConsoleProcess } from '../../../support/console/console-process.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { onlyInAll } from '../../../support/extent.ts';
import { ClusterClient } from '../../../support/members/attaching-console.ts';
import { mayTake } from '../../../support/time-limit.ts';

const cookie = 'cookie-of-a-node-that-logs';
const id = 'prod:app@127.0.0.1';
const ids = '[Id || Id <- logger:get_handler_ids(), lists:prefix("convoy", atom_to_list(Id))]';

/** Attaches the node and follows its logger, until the page is closed. */
async function followBy(convoy: ConsoleProcess, cluster: ErlangCluster, node: ErlangNode) {
  const user = new ClusterClient(convoy.url);
  await user.attach({ name: 'prod', nodes: [node.name], epmdPort: cluster.epmdPort, cookie });
  await eventually('the member', 60_000, async () =>
    (await user.nodes('prod')).some(({ kind }) => kind === 'erlang'),
  );
  const page = await user.client.live();
  page.send({ type: 'logs.follow', node: id, afterSeq: 0 });
  await page.message('logs.state', ({ state }) => state === 'following');
  assert.equal(await node.eval(ids), '[convoy_logs_1]');
  return { page, user };
}

describe('a console that follows a logger', { skip: missingPeer('25') }, () => {
  test('and is killed, leaves no handler behind, and has kept what it was sent', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const node = await cluster.erlang('app');
    const dataDir = mkdtempSync(join(tmpdir(), 'convoy-killed-logs-'));
    try {
      await using convoy = await startConsoleProcess({ dataDir });
      const { page, user } = await followBy(convoy, cluster, node);
      await using _page = page;
      await node.eval('logger:error("before the kill")');
      await page.message('logs', ({ lines }) => lines.some(({ text }) => text === 'before the kill'));
      // A search writes down what has come.
      await user.client.ask(`/api/nodes/${id}/logs`);
      convoy.process.kill('SIGKILL');
      await eventuallyEqual(() => node.eval(ids), '[]');
      await using again = await startConsoleProcess({ dataDir });
      const next = new ClusterClient(again.url);
      await next.settled('prod');
      await eventually('the stored line', 60_000, async () => {
        const { json } = await next.client.ask(`/api/nodes/${id}/logs?match=before`);
        return (json as LogLine[])[0]?.text === 'before the kill';
      });
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('and is frozen, loses its handler within the lease', { skip: onlyInAll() }, async (t) => {
    mayTake(t, { seconds: 180, because: 'the lease of a helper is a minute' });
    await using cluster = await ErlangCluster.start({ cookie });
    const node = await cluster.erlang('app');
    await using convoy = await startConsoleProcess();
    const { page } = await followBy(convoy, cluster, node);
    await using _page = page;
    convoy.process.kill('SIGSTOP');
    try {
      await node.eval(
        'Log = fun() -> [logger:error(lists:duplicate(500, $x)) || _ <- lists:seq(1, 300)], ok end, Log()',
      );
      await eventually('the handler to be removed', 150_000, async () => {
        assert.equal(await node.eval('Log()'), 'ok');
        return (await node.eval(ids)) === '[]';
      });
    } finally {
      convoy.process.kill('SIGCONT');
    }
    // The page still follows: the console notices, and asks for the events again.
    await eventuallyEqual(() => node.eval(ids), '[convoy_logs_1]');
  });
});
