/** `convoy top`, `ps`, `process`, `tree`, `ets`, `gc` and `kill`, through the console and without one. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type {
  AuditPage,
  ClusterView,
  NodeOverviewView,
  ProcessDetailsView,
  ProcessListView,
  TreeNodeView,
} from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../../support/extent.ts';
import { AttachScene, type ForeignCluster } from '../../../support/members/attach-scene.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../../support/terminal.ts';

const app = 'app@127.0.0.1';
const web = 'web@127.0.0.1';
const id = `prod:${web}`;

/** A console with the cluster `prod`, whose node `web` is looked into through `app`. */
async function startScene(release: ReturnType<typeof testedReleases>[number]) {
  const scene = new AttachScene();
  const convoy = await scene.startConsole();
  const cluster = await scene.startCluster({ cookie: `inspected-${release}`, release });
  const attached = await scene.run('attach', app, ...cluster.way, '--name', 'prod');
  assert.equal(attached.code, 0, attached.stderr);
  return { scene, cluster, dataDir: convoy.dataDir };
}

async function fillShop({ nodes: [, node] }: ForeignCluster): Promise<void> {
  await node?.eval(`
    register(shop_queue, spawn(timer, sleep, [infinity])),
    [shop_queue ! N || N <- lists:seq(1, 50)],
    register(shop_till, spawn(timer, sleep, [infinity])),
    shop_stock = ets:new(shop_stock, [named_table, public]),
    ets:insert(shop_stock, [{N, apple} || N <- lists:seq(1, 30)]), ok`);
}

// What is asked of a node is held on every release where the asking is: here one stands for all in `npm test`.
for (const release of someOf(testedReleases(), 1)) {
  describe(`the commands on a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    let scene: AttachScene;
    let cluster: ForeignCluster;
    /** The ways to the node: by its id through the console, and with its cookie. */
    let ways: readonly (readonly string[])[];

    before(async () => {
      ({ scene, cluster } = await startScene(release));
      await fillShop(cluster);
      scene.env['ERL_EPMD_PORT'] = String(cluster.epmdPort);
      ways = [[id], [web, '--cookie-file', cluster.cookieFile]];
    });
    after(() => scene[Symbol.asyncDispose]());

    test('ps, process and ets answer the same through the console and directly', async () => {
      for (const [node = '', ...way] of ways) {
        const list = await scene.json<ProcessListView & { node: string; cost: { questions: number } }>(
          ...['ps', node, ...way, '--sort', 'queue', '--limit', '2'],
        );
        assert.deepEqual(
          [list.node, list.rows.length, list.rows[0]?.name, list.rows[0]?.messageQueueLength],
          [node, 2, 'shop_queue', 50],
        );
        assert.equal(list.cost.questions, 1);
        const pid = list.rows[0]?.pid ?? '';
        const one = await scene.json<ProcessDetailsView>('process', node, ...way, pid.slice(1, -1));
        assert.deepEqual([one.pid, one.name], [pid, 'shop_queue']);
        assert.equal((await scene.json<ProcessDetailsView>('process', node, ...way, 'shop_queue')).pid, pid);
        const content = await scene.json<{ total: number; rows: string[] }>(
          ...['ets', node, ...way, 'shop_stock', '--limit', '3'],
        );
        assert.deepEqual([content.total, content.rows.length], [30, 3]);
        const tables = await scene.json<{ rows: { name: string }[] }>('ets', node, ...way, '--limit', '500');
        assert.ok(tables.rows.some(({ name }) => name === 'shop_stock'));
      }
    });

    test('top and tree are one document each, and text for people', async () => {
      for (const [node = '', ...way] of ways) {
        const top = await scene.json<{ overview: NodeOverviewView; processes: ProcessListView }>(
          ...['top', node, ...way, '--limit', '5'],
        );
        assert.equal(top.overview.versions['otp'], release);
        assert.equal(top.processes.rows.length, 5);
        const text = await scene.run('top', node, ...way, '--once', '--sort', 'memory');
        assert.equal(text.code, 0, text.stderr);
        assert.match(
          text.stdout,
          new RegExp(
            `^${node} {2}OTP ${release} .*\\nmemory +[\\d.]+ MB \\(processes [^]*\\nPID +NAME OR CALL`,
          ),
        );
        assert.doesNotMatch(text.stdout, /\u001b/);
        const { tree } = await scene.json<{ tree: TreeNodeView }>('tree', node, ...way, 'kernel');
        assert.equal(tree.name, 'kernel_sup');
      }
      const tree = await scene.run('tree', id, 'kernel');
      assert.match(tree.stdout, /^kernel_sup {2}<0\.\d+\.0> {2}supervisor.*\n├─ /);
      assert.match((await scene.run('tree', id)).stdout, /^APPLICATION +VERSION +ROOT +DESCRIPTION\nkernel /);
    });
  });
}

describe('what the commands refuse', { skip: missingPeer('25') }, () => {
  let scene: AttachScene;
  let cluster: ForeignCluster;

  before(async () => {
    ({ scene, cluster } = await startScene('25'));
    await fillShop(cluster);
  });
  after(() => scene[Symbol.asyncDispose]());

  test('a process, an application or a table that does not exist, with the reason in JSON too', async () => {
    const { code, stdout, stderr } = await scene.run('process', id, '0.99999.0');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^convoy: .*<0\.99999\.0>.* \[CLI_NO_ANSWER\]\n/);
    const unnamed = await scene.run('process', id, 'no_such_name');
    assert.equal(unnamed.code, 1);
    assert.match(
      unnamed.stderr,
      /no process of prod:web@127\.0\.0\.1 is registered as no_such_name \[CLI_NO_ANSWER\]/,
    );
    const json = await scene.run('ets', id, 'no_such_table', '--json');
    const { error } = JSON.parse(json.stdout);
    assert.deepEqual([json.code, error.code, error.kind], [1, 'CLI_NO_ANSWER', 'gone']);
  });

  test('options that make no sense, before anybody is asked', async () => {
    for (const [words, text] of [
      [['ps', id, '--sort', 'age'], /--sort age is not a known value/],
      [['ps', id, '--limit', '501'], /--limit 501 is not a valid number/],
      [['process', id, '1.85.0'], /1\.85\.0 is not a pid of a node/],
      [['top', id, '--interval', '0'], /--interval 0 is not a valid number/],
    ] as const) {
      const { code, stderr } = await scene.run(...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, text);
    }
  });

  test('kill asks, needs --yes without a terminal, and says what acting off means', async () => {
    const [, node] = cluster.nodes;
    assert.ok(node !== undefined);
    const pid = (await node.eval('list_to_atom(pid_to_list(whereis(shop_till)))')).replaceAll("'", '');
    const asked = await scene.run('kill', id, pid);
    assert.equal(asked.code, 2, asked.stderr);
    assert.match(
      asked.stderr,
      /whether to kill <0\.\d+\.0> \(shop_till\) on prod:web@127\.0\.0\.1 \[CLI_NOT_CONFIRMED\]/,
    );

    const marked = await scene.json<ClusterView>('clusters', 'set', 'prod', '--production');
    assert.equal(marked.acting, false);
    const refused = await scene.run('kill', id, pid, '--yes');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /\[CONSOLE_ACTING_OFF\]\n.*convoy clusters set prod --acting/);
    assert.match(await node.eval('whereis(shop_till)'), /^</);

    const allowed = await scene.json<ClusterView>('clusters', 'set', 'prod', '--acting');
    assert.deepEqual([allowed.production, allowed.acting], [true, true]);
    assert.match((await scene.run('clusters')).stdout, /^prod .* production, acting /m);
    const killed = await scene.json<{ killed: boolean; name: string }>('kill', id, pid, '--yes');
    assert.deepEqual([killed.killed, killed.name], [true, 'shop_till']);
    assert.equal(await node.eval('whereis(shop_till)'), 'undefined');
  });
});

describe('convoy gc', { skip: missingPeer('25') }, () => {
  test('says what it freed, asks in production only, and is an act with an entry in the audit log', async () => {
    await using scene = new AttachScene();
    await scene.startConsole();
    const cluster = await scene.startCluster({ cookie: 'collected' });
    const attached = await scene.run('attach', app, ...cluster.way, '--name', 'prod');
    assert.equal(attached.code, 0, attached.stderr);
    scene.env['ERL_EPMD_PORT'] = String(cluster.epmdPort);
    const [, node] = cluster.nodes;
    assert.ok(node !== undefined);
    // The list is garbage as soon as its length is known. A process that sleeps collects nothing by itself.
    const pid = await node.eval(`
      Me = self(),
      Pid = spawn(fun() -> N = length(lists:seq(1, 500000)), Me ! {made, N}, receive stop -> N end end),
      register(shop_report, Pid), receive {made, _} -> list_to_atom(pid_to_list(Pid)) end`);
    const bare = pid.replaceAll(/['<>]/g, '');

    const text = await scene.run('gc', id, bare);
    assert.equal(text.code, 0, text.stderr);
    assert.match(
      text.stdout,
      /^<0\.\d+\.0> \(shop_report\) on prod:web@127\.0\.0\.1 has collected its garbage: [\d.]+ MB before, [\d.]+ KB after\n$/,
    );
    const direct = await scene.json<{ collected: boolean; name: string; memoryBefore: number }>(
      ...['gc', web, '--cookie-file', cluster.cookieFile, bare],
    );
    assert.deepEqual([direct.collected, direct.name, direct.memoryBefore > 0], [true, 'shop_report', true]);

    await scene.json<ClusterView>('clusters', 'set', 'prod', '--production');
    const asked = await scene.run('gc', id, bare);
    assert.deepEqual([asked.code, /\[CLI_NOT_CONFIRMED\]/.test(asked.stderr)], [2, true], asked.stderr);
    const refused = await scene.run('gc', id, bare, '--yes');
    assert.deepEqual(
      [refused.code, /\[CONSOLE_ACTING_OFF\]/.test(refused.stderr)],
      [1, true],
      refused.stderr,
    );
    const gone = await scene.run('gc', id, '0.99999.0', '--yes', '--json');
    assert.deepEqual([gone.code, JSON.parse(gone.stdout).error.kind], [1, 'gone']);

    const { entries } = await scene.json<AuditPage>('audit', '--act', 'process');
    assert.deepEqual(
      entries.toReversed().map(({ event, detail }) => [event, detail['outcome']]),
      [
        ['process.collect', undefined],
        ['process.outcome', 'collected'],
      ],
    );
  });
});

describe('convoy top on a terminal', { skip: missingPeer('25') || missingTerminal }, () => {
  test('draws the node again and again in the width of the terminal, and ends by Ctrl-C', async () => {
    const { scene, dataDir } = await startScene('25');
    await using _scene = scene;
    const line = `stty cols 70 rows 30; exec ${convoyLine('top', id, '--interval', '1', '--data-dir', dataDir)}`;
    await using terminal = new TestTerminal(line, scene.env);
    await terminal.waitFor(/\u001b\[2J\u001b\[Hprod:web@127\.0\.0\.1 {2}OTP 25/);
    await terminal.waitFor(/\u001b\[2J[^]*PID +NAME[^]*\u001b\[Hprod:web@127\.0\.0\.1[^]*PID +NAME/);
    const [, , shown = ''] = terminal.text.split('\u001b[H');
    const lines = shown.split(/\r?\n/).map((one) => one.replace(/\u001b\[[JK]/g, ''));
    assert.ok(lines.length > 5 && lines.every((one) => Array.from(one).length <= 70), shown);
    terminal.type('\u0003');
    assert.equal(await terminal.ended(), 130);
  });
});
