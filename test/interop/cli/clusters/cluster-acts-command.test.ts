/** Acts of the command on attached clusters: which node is meant, what is asked first, and what is said beforehand. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../../support/eventually.ts';
import { AttachScene, type ForeignCluster } from '../../../support/members/attach-scene.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../../support/terminal.ts';

const skip = missingPeer('25');
const app = 'app@127.0.0.1';
const web = 'web@127.0.0.1';
const job = 'job@127.0.0.1';

describe('two attached clusters with nodes of the same names', { skip }, () => {
  let scene: AttachScene;
  let prod: ForeignCluster;
  let test_: ForeignCluster;

  before(async () => {
    scene = new AttachScene();
    await scene.startConsole();
    prod = await scene.startCluster({ cookie: 'cookie-of-prod' });
    test_ = await scene.startCluster({ cookie: 'cookie-of-test', names: ['app', 'web', 'job'] });
    for (const [name, { way }] of [
      ['prod', prod],
      ['test', test_],
    ] as const) {
      const { code, stderr } = await scene.run('attach', app, ...way, '--name', name);
      assert.equal(code, 0, stderr);
    }
  });
  after(() => scene[Symbol.asyncDispose]());

  test('are listed apart, and a member is evaluated on with the cookie of its cluster', async () => {
    const nodes = await scene.json<NodeView[]>('list');
    assert.deepEqual(nodes.map(({ id }) => id).toSorted(), [
      `prod:${app}`,
      `prod:${web}`,
      `test:${app}`,
      `test:${job}`,
      `test:${web}`,
    ]);
    for (const [name, { nodes: members }] of [
      ['prod', prod],
      ['test', test_],
    ] as const) {
      const { code, stdout, stderr } = await scene.run('eval', `${name}:${app}`, 'os:getpid().');
      assert.deepEqual([code, stdout.trim()], [0, `"${members[0]?.osPid}"`], stderr);
    }
    const pong = await scene.run('ping', `prod:${web}`);
    assert.match(pong.stdout, /^pong from web@127\.0\.0\.1/);
    const shell = await scene.run('shell', job);
    assert.equal(shell.code, 0, shell.stderr);
  });

  test('a name that both have is refused with the ids', async () => {
    for (const words of [
      ['eval', app, '1.'],
      ['logs', app],
      ['stop', 'app'],
      ['join', app, web],
      ['disconnect', 'web', 'app'],
    ]) {
      const { code, stdout } = await scene.run(...words, '--json');
      const { error } = JSON.parse(stdout);
      assert.deepEqual([code, error.code], [2, 'CLI_AMBIGUOUS_NODE'], words.join(' '));
      assert.match(error.remedy, /Use the whole id: prod:(app|web)@127\.0\.0\.1, or test:\1@127/);
    }
    const across = await scene.run('join', `prod:${app}`, `test:${web}`, '--json');
    assert.match(JSON.parse(across.stdout).error.message, /are in different clusters/);
  });

  test('the doctor says how the console reaches a member', async () => {
    const { code, stdout, stderr } = await scene.run('doctor', `test:${web}`);
    assert.deepEqual([code, /web@127\.0\.0\.1 can be reached from /.test(stdout)], [0, true], stderr);
    assert.match(stderr, /^ok {2}/m);
    const pair = await scene.run('doctor', `test:${web}`, '--from', `test:${app}`);
    assert.equal(pair.code, 0, pair.stderr);
  });

  test('disconnecting says what OTP does, asks, and is repaired by connecting all again', async () => {
    const [, , worker] = test_.nodes;
    const peers = (): Promise<string> => worker?.eval('lists:sort(nodes())') ?? Promise.resolve('');
    const words = ['disconnect', `test:${job}`, 'web'];
    const refused = await scene.run(...words);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /job@127\.0\.0\.1 and web@127\.0\.0\.1 lose their connection/);
    assert.match(
      refused.stderr,
      /there is no terminal[^]*\[CLI_NOT_CONFIRMED\]\n {2}Nothing was changed\. Add --yes/,
    );
    assert.equal(await peers(), `['${app}','${web}']`);
    const { forecast, disconnected } = await scene.json<{
      disconnected: boolean;
      forecast: { lost: [string, string][] };
    }>(...words, '--yes');
    assert.equal(disconnected, true);
    assert.deepEqual(forecast.lost[0]?.toSorted(), [job, web]);
    await eventuallyEqual(async () => (await peers()).includes(web), false);
    const repaired = await scene.run('clusters', 'reconnect', 'test');
    assert.equal(repaired.code, 0, repaired.stdout + repaired.stderr);
    assert.match(repaired.stdout, /^All nodes of test are connected with each other$/m);
    await eventuallyEqual(peers, `['${app}','${web}']`);
  });
});

describe('a cluster that is marked as production', { skip }, () => {
  let scene: AttachScene;
  let dataDir: string;

  before(async () => {
    scene = new AttachScene();
    ({ dataDir } = await scene.startConsole());
    const { way } = await scene.startCluster({ cookie: 'marked' });
    const { code, stderr } = await scene.run('attach', app, ...way, '--name', 'prod', '--production');
    assert.equal(code, 0, stderr);
  });
  after(() => scene[Symbol.asyncDispose]());

  test('is changed only after a question that names it', { skip: missingTerminal }, async () => {
    const words = ['join', `prod:${web}`, 'app', '--data-dir', dataDir];
    const refused = await scene.run(...words);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /prod is marked as production, and there is no terminal/);
    await using no = new TestTerminal(convoyLine(...words), scene.env);
    await no.waitFor(
      /prod is marked as production\. Connect web@127\.0\.0\.1 to app@127\.0\.0\.1\? \[y\/N\] /,
    );
    no.type('\r');
    await no.waitFor(/\[CLI_NOT_CONFIRMED\]/);
    assert.equal(await no.ended(), 2);
    await using yes = new TestTerminal(convoyLine(...words), scene.env);
    await yes.waitFor(/\[y\/N\] /);
    yes.type('y\r');
    await yes.waitFor(/are connected/);
    assert.equal(await yes.ended(), 0);
    assert.equal((await scene.run(...words, '--yes')).code, 0);
  });

  test('is also asked about before code runs there', async () => {
    for (const words of [
      ['eval', `prod:${app}`, '1.'],
      ['rpc', app, 'erlang', 'node'],
      ['clusters', 'reconnect', 'prod'],
    ]) {
      const { code, stderr } = await scene.run(...words);
      assert.deepEqual([code, /prod is marked as production/.test(stderr)], [2, true], stderr);
      assert.equal((await scene.run(...words, '--yes')).code, 0, words.join(' '));
    }
  });

  test('is labelled, coloured and marked by `clusters set`', async () => {
    const words = ['clusters', 'set', 'prod', '--label', 'Shop', '--color', 'green', '--no-production'];
    const { label, color, production } = await scene.json<ClusterView>(...words);
    assert.deepEqual([label, color, production], ['Shop', 'green', false]);
    assert.match((await scene.run('clusters')).stdout, /^prod +Shop +up +app@127\.0\.0\.1 +green +direct$/m);
    assert.equal((await scene.run('join', `prod:${web}`, 'app')).code, 0);
    assert.equal((await scene.run('clusters', 'set', 'Shop', '--production')).code, 0);
    assert.equal((await scene.run('clusters', 'set', 'gone', '--production')).code, 2);
    assert.equal((await scene.run('clusters', 'set', 'prod')).code, 2);
  });

  test('is exported without its cookie, and imported with the file of it', async () => {
    const { stdout } = await scene.run('clusters', 'export');
    assert.match(stdout, /"label": "Shop"/);
    assert.doesNotMatch(stdout, /"marked"/);
    const file = join(scene.home, 'clusters.json');
    const saved = JSON.parse(stdout);
    delete saved.clusters[0].request.cookieFile;
    writeFileSync(file, JSON.stringify(saved));
    assert.equal((await scene.run('detach', 'prod')).code, 2);
    assert.equal((await scene.run('detach', 'prod', '--yes')).code, 0);
    const asked = await scene.run('clusters', 'import', file);
    assert.deepEqual([asked.code, /--cookie-file prod=FILE/.test(asked.stderr)], [2, true], asked.stderr);
    const cookie = join(scene.home, 'marked.cookie');
    assert.equal(readFileSync(cookie, 'utf8'), 'marked\n');
    const imported = await scene.run('clusters', 'import', file, '--cookie-file', `prod=${cookie}`);
    assert.deepEqual(
      [imported.code, imported.stdout],
      [0, '1 of 1 clusters are attached\n'],
      imported.stderr,
    );
    assert.match((await scene.run('clusters')).stdout, /^prod +Shop +up .*production/m);
  });
});
