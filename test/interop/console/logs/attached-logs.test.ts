/** The loggers of members of an attached cluster: followed by several pages, searched, downloaded, and left as they were. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LogLine, ServerMessage } from '@convoy/console/protocol';
import { runConvoy, ConvoyProcess } from '../../../support/convoy-command.ts';
import type { LiveClient } from '../../../support/console/live-client.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { AttachingConsole } from '../../../support/members/attaching-console.ts';
import { meshOf, startMember, type WatchedMember } from '../../../support/members/watched-mesh.ts';

const cookie = 'cookie-of-logging-nodes';
const [first, second] = ['prod:app-1@127.0.0.1', 'prod:app-2@127.0.0.1'];
const ids = '[Id || Id <- logger:get_handler_ids(), lists:prefix("convoy", atom_to_list(Id))]';

function linesOf(live: LiveClient, id: string): LogLine[] {
  const isOf = (message: ServerMessage) => message.type === 'logs' && message.node === id;
  return live.messages.flatMap((message) => (isOf(message) && message.type === 'logs' ? message.lines : []));
}

/** What cannot be understood is refused before anything is searched. */
async function assertRefused(convoy: AttachingConsole): Promise<void> {
  const refusals = await Promise.all(
    ['logs?match=(', 'logs/download?match=(', 'logs?level=loud', 'logs?since=noon'].map((path) =>
      convoy.client.ask(`/api/nodes/${first}/${path}`),
    ),
  );
  assert.deepEqual(
    refusals.map(({ json }) => json.error.code),
    refusals.map(() => 'CONSOLE_BAD_REQUEST'),
  );
}

describe('the logs of an attached cluster', { skip: missingPeer('25') }, () => {
  const stack = new AsyncDisposableStack();
  let convoy: AttachingConsole;
  let members: WatchedMember[];

  before(async () => {
    const cluster = stack.use(await ErlangCluster.start({ cookie }));
    members = [await startMember(cluster, 'app-1'), await startMember(cluster, 'app-2')];
    await meshOf(members);
    convoy = stack.use(await AttachingConsole.start());
    await convoy.attach({ name: 'prod', nodes: ['app-1@127.0.0.1'], epmdPort: cluster.epmdPort, cookie });
    await eventually('both members', 60_000, async () => {
      const nodes = await convoy.nodes('prod');
      return nodes.length === 2 && nodes.every(({ kind }) => kind === 'erlang');
    });
  });
  after(() => stack.disposeAsync());

  const log = (index: number, text: string): Promise<unknown> =>
    members[index]?.run(`logger:error("${text}", [], #{order => 7})`) ?? assert.fail();
  const follow = async (live: LiveClient, id: string): Promise<void> => {
    live.send({ type: 'logs.follow', node: id, afterSeq: 0 });
    await live.message('logs.state', ({ node, state }) => node === id && state === 'following');
  };

  it('are followed by several pages with one handler, and a page follows several nodes', async () => {
    await using page = await convoy.client.live();
    await using other = await convoy.client.live();
    for (const id of [first, second]) await follow(page, id);
    await follow(other, second);
    assert.equal((await page.message('logs.state')).source, 'logger');
    await log(0, 'from the first');
    await log(1, 'from the second');
    await eventually('the events', 60_000, () => {
      const [one, two, three] = [linesOf(page, first), linesOf(page, second), linesOf(other, second)];
      return one.length > 0 && two.length > 0 && three.length > 0;
    });
    const [line] = linesOf(page, second);
    assert.deepEqual(
      [line?.seq, line?.stream, line?.level, line?.text, line?.meta?.['order']],
      [1, 'logger', 'error', 'from the second', '7'],
    );
    assert.equal(await members[1]?.run(ids), '[convoy_logs_1]');
  });

  it('are found, searched and downloaded over HTTP', async () => {
    await using page = await convoy.client.live();
    await follow(page, first);
    for (const text of ['alpha', 'beta', 'gamma']) await log(0, text);
    await eventually('the events', 60_000, () => linesOf(page, first).some(({ text }) => text === 'gamma'));
    const find = async (query: string): Promise<string[]> => {
      const { status, json, text } = await convoy.client.ask(`/api/nodes/${first}/logs?${query}`);
      assert.equal(status, 200, text);
      return (json as LogLine[]).map((found) => found.text);
    };
    assert.deepEqual(await find('lines=2'), ['beta', 'gamma']);
    assert.deepEqual(await find('match=^(alpha|beta)$'), ['alpha', 'beta']);
    assert.deepEqual(await find('level=critical'), []);
    assert.deepEqual(await find('source=output'), []);
    const file = await convoy.client.ask(`/api/nodes/${first}/logs/download?match=a$`);
    assert.equal(file.headers['content-disposition'], 'attachment; filename="prod_app-1@127.0.0.1.log"');
    assert.match(file.text, /^\S+Z error {5}logger alpha\n\S+Z error {5}logger beta\n/m);
    await assertRefused(convoy);
    const gone = await convoy.client.ask(`/api/nodes/prod:gone@127.0.0.1/logs`);
    assert.equal(gone.json.error.code, 'PROVIDER_NO_NODE');
  });

  it('are followed by the command, each line with its node', async () => {
    const data = ['--data-dir', convoy.dataDir];
    await using command = new ConvoyProcess(['logs', '--follow', first, second, '--level', 'error', ...data]);
    await eventually('a handler on both', 60_000, async () => {
      const found = await Promise.all(members.map((member) => member.run(ids)));
      return found.every((text) => text === '[convoy_logs_1]');
    });
    for (const [index, text] of ['seen here', 'seen there'].entries()) {
      await members[index]?.run(`logger:notice("not ${text}"), logger:error("${text}")`);
    }
    await command.waitFor(/^prod:app-1@127\.0\.0\.1 \| \d\d:\d\d:\d\d\.\d{3} \[error\] seen here$/m);
    await command.waitFor(/^prod:app-2@127\.0\.0\.1 \| \d\d:\d\d:\d\d\.\d{3} \[error\] seen there$/m);
    assert.doesNotMatch(command.stdout, /not seen/);
    const stored = await runConvoy(['logs', first, '--match', '^seen', '--json', ...data]);
    assert.deepEqual(
      (JSON.parse(stored.stdout) as LogLine[]).map(({ text }) => text),
      ['seen here'],
    );
  });

  it('go on with their numbers after a restart, leave nothing on the nodes, and go with the cluster', async () => {
    const before = (await convoy.client.ask(`/api/nodes/${first}/logs?lines=1`)).json as LogLine[];
    const lastSeq = before[0]?.seq ?? 0;
    assert.ok(lastSeq >= 4);
    await convoy.restart();
    await eventuallyEqual(() => members[0]?.run(ids), '[]');
    await convoy.settled('prod');
    await using page = await convoy.client.live();
    await eventually('the member', 60_000, async () =>
      (await convoy.nodes('prod')).some(({ id }) => id === first),
    );
    await follow(page, first);
    await log(0, 'after the restart');
    await page.message('logs', ({ lines }) => lines.some(({ text }) => text === 'after the restart'));
    const lines = linesOf(page, first);
    assert.equal(lines.find(({ seq }) => seq === lastSeq)?.text, before[0]?.text);
    assert.ok((lines.at(-1)?.seq ?? 0) > lastSeq);
    assert.equal((await convoy.client.ask('/api/clusters/prod', { method: 'DELETE' })).status, 204);
    await eventuallyEqual(() => members[0]?.run(ids), '[]');
    assert.equal((await convoy.client.ask(`/api/nodes/${first}/logs`)).json.error.code, 'PROVIDER_NO_NODE');
  });
});
