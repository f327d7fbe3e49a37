/**
 * Clusters that Convoy did not start, seen whole through one member: real Erlang and Elixir nodes, releases, TypeScript nodes, and
 * nodes that stand for Gleam's and LFE's, which Debian does not have: real `erl` with an application or a module of that name.
 */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import {
  type ClusterChange,
  watchCluster,
  type WatchedCluster,
  type WatchOptions,
} from '@convoy/cluster/members';
import { installWorker } from '@convoy/cluster/worker';
import { type Node, startNode } from '@convoy/node';
import { atom, inspect } from '@convoy/node/etf';
import { bootScript } from '../../support/members/boot-script.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { installedReleases, testedReleases } from '../../support/extent.ts';

const full = (name: string): string => `${name}@127.0.0.1`;
const list = (...names: readonly string[]): string => `[${names.map((name) => `'${full(name)}'`).join(',')}]`;
const nodesOf = (node: ErlangNode): Promise<string> => node.eval('lists:sort(nodes())');

async function startCluster(
  context: TestContext,
  options: { readonly cookie: string; readonly release?: OtpRelease },
): Promise<ErlangCluster> {
  const cluster = await ErlangCluster.start(options);
  context.after(() => cluster[Symbol.asyncDispose]());
  return cluster;
}

/** A node of ours for one cluster. */
async function visit(
  context: TestContext,
  { epmdPort, cookie, name = 'visitor' }: { epmdPort: number; cookie: string; name?: string },
): Promise<Node> {
  const node = await startNode({
    name: full(name),
    cookie,
    hidden: true,
    isolated: true,
    listen: false,
    epmd: 'none',
    epmdPort,
  });
  context.after(() => node.close());
  return node;
}

async function watch(context: TestContext, node: Node, options: WatchOptions): Promise<WatchedCluster> {
  const watched = await watchCluster(node, { answerMs: 20_000, ...options });
  context.after(() => watched.close());
  return watched;
}

for (const release of testedReleases()) {
  describe(`a cluster of OTP ${release} seen through one member`, { skip: missingPeer(release) }, () => {
    test('all members are found, hidden ones too, and only the entry is dialled', async (t) => {
      const cluster = await startCluster(t, { cookie: 'whole', release });
      const [a, b] = [await cluster.erlang('a'), await cluster.erlang('b')];
      await cluster.erlang('h', { args: ['-hidden'] });
      await a.eval(`net_adm:ping('${full('b')}')`);
      await b.eval(`net_adm:ping('${full('a')}')`);
      await a.eval(`net_adm:ping('${full('h')}')`);
      const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'whole' });
      const watched = await watch(t, node, { entries: [full('a')] });
      assert.deepEqual(
        watched.members().map(({ name, isHidden, kind, state }) => [name, isHidden, kind, state]),
        [
          [full('a'), false, 'erlang', 'answering'],
          [full('b'), false, 'erlang', 'answering'],
          [full('h'), true, 'erlang', 'answering'],
        ],
      );
      for (const { versions, vitals, missing } of watched.members()) {
        assert.deepEqual([versions, missing], [{ otp: release }, []]);
        const {
          uptimeMs = 0,
          memoryBytes = 0,
          processes = 0,
          schedulers = 0,
          activeTasks = -1,
        } = vitals ?? {};
        assert.ok(
          uptimeMs > 0 && memoryBytes > 1_000_000 && processes > 20 && schedulers > 0 && activeTasks >= 0,
        );
      }
      assert.deepEqual(node.list('connected'), [full('a')]);
    });

    test('members that come and go are told at once, and so is one that restarts', async (t) => {
      const cluster = await startCluster(t, { cookie: 'changing', release });
      const a = await cluster.erlang('a');
      const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'changing' });
      // So long that only events can be the reason.
      const never = { listenMs: 3_600_000, vitalsMs: 3_600_000 };
      const watched = await watch(t, node, { entries: [full('a')], ...never });
      const told: string[] = [];
      watched.onChange((change: ClusterChange) => {
        if (change.kind === 'joined' || change.kind === 'left')
          told.push(`${change.kind} ${change.member.name}`);
      });
      const first = await cluster.erlang('b');
      await a.eval(`net_adm:ping('${full('b')}')`);
      await eventually('it to be identified', 60_000, () => watched.member(full('b'))?.kind === 'erlang');
      await first[Symbol.asyncDispose]();
      await eventually('it to leave', 60_000, () => told.includes(`left ${full('b')}`));
      await cluster.erlang('b', {
        env: {},
        args: ['-eval', 'application:load({application,lfe,[{vsn,"2.1.4"}]})'],
      });
      await a.eval(`net_adm:ping('${full('b')}')`);
      await eventually(
        'the other program of this name',
        60_000,
        () => watched.member(full('b'))?.kind === 'lfe',
      );
      assert.deepEqual(told, [`joined ${full('b')}`, `left ${full('b')}`, `joined ${full('b')}`]);
    });

    test('a node that only another member is connected to is seen, and never connected to the entry', async (t) => {
      const cluster = await startCluster(t, { cookie: 'partial', release });
      const apart = { args: ['-connect_all', 'false'] };
      const [a, b, c] = [
        await cluster.erlang('a', apart),
        await cluster.erlang('b', apart),
        await cluster.erlang('c', apart),
      ];
      await b.eval(`net_adm:ping('${full('a')}'), net_adm:ping('${full('c')}')`);
      const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'partial' });
      const watched = await watch(t, node, { entries: [full('a')], idleMs: 1 });
      const { seenBy, state, kind } = watched.member(full('c')) ?? {};
      assert.deepEqual([seenBy, state, kind], [[full('b')], 'unasked', 'unknown']);
      const call = { module: 'erlang', function: 'node', args: [] };
      await assert.rejects(watched.ask(full('c'), call), { code: 'MEMBERS_NO_ANSWER' });
      await watched.refresh();
      assert.deepEqual([await nodesOf(a), await nodesOf(c)], [list('b'), list('b')]);
      const visited = await watched.visit(full('c'));
      assert.equal(watched.member(full('c'))?.kind, 'erlang');
      assert.deepEqual([await nodesOf(a), await nodesOf(c)], [list('b'), list('b')]);
      visited.close();
      await eventuallyEqual(() => node.list('connected'), [full('a')]);
    });
  });

  describe(`asking members of OTP ${release} through one of them`, { skip: missingPeer(release) }, () => {
    test('a member is asked through the entry, and the answer is bounded in time and size', async (t) => {
      const cluster = await startCluster(t, { cookie: 'asking', release });
      const [a, b] = [await cluster.erlang('a'), await cluster.erlang('b')];
      await a.eval(`net_adm:ping('${full('b')}')`);
      const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'asking' });
      const watched = await watch(t, node, { entries: [full('a')] });
      const ask = (module: string, name: string, ...args: number[]): Promise<unknown> =>
        watched.ask(full('b'), { module, function: name, args }, { maxBytes: 1000 });
      assert.equal(await ask('erlang', 'node'), atom(full('b')));
      await assert.rejects(ask('lists', 'seq', 1, 1000), { code: 'MEMBERS_NO_ANSWER', message: /too_big/ });
      await assert.rejects(ask('erlang', 'abs'), { code: 'MEMBERS_CALL_FAILED', message: /not defined/ });
      await assert.rejects(ask('lists', 'nth', 0, 7), {
        code: 'MEMBERS_CALL_FAILED',
        message: /function_clause/,
      });
      const sleep = { module: 'timer', function: 'sleep', args: [60_000] };
      await assert.rejects(watched.ask(full('b'), sleep, { timeoutMs: 100 }), {
        code: 'MEMBERS_NO_ANSWER',
        message: /timeout/,
      });
      await b[Symbol.asyncDispose]();
      await eventually('it to leave', 60_000, () => watched.member(full('b')) === undefined);
      await assert.rejects(ask('erlang', 'node'), { code: 'MEMBERS_UNKNOWN_NODE' });
    });

    test('the next entry is used when one is killed, and the first again when it is the only one', async (t) => {
      const cluster = await startCluster(t, { cookie: 'entries', release });
      const [a, b] = [await cluster.erlang('a'), await cluster.erlang('b')];
      await a.eval(`net_adm:ping('${full('b')}')`);
      const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'entries' });
      const retryMs = { first: 50, last: 200 };
      const watched = await watch(t, node, { entries: [full('a'), full('b')], retryMs });
      assert.equal(watched.entry, full('a'));
      await a[Symbol.asyncDispose]();
      await eventually('the other entry', 60_000, () => watched.entry === full('b'));
      await eventuallyEqual(() => watched.members().map(({ name }) => name), [full('b')]);
      await b[Symbol.asyncDispose]();
      await eventually('none', 60_000, () => watched.entry === undefined);
      assert.deepEqual(
        watched.members().map(({ name }) => name),
        [full('b')],
      );
      await cluster.erlang('a');
      await eventuallyEqual(() => watched.members().map(({ name }) => name), [full('a')]);
    });
  });
}

describe('what is on the members', { skip: missingPeer('25') }, () => {
  test('every kind is told by what is there, and unknown is only what does not answer', async (t) => {
    const cluster = await startCluster(t, { cookie: 'kinds' });
    const elixir = missingPeer('25', 'elixir') === false;
    const load = (application: string): string[] => [
      '-eval',
      `application:load({application,${application}})`,
    ];
    const starts: Promise<unknown>[] = [
      cluster.erlang('gleam', { args: load('gleam_stdlib,[{vsn,"0.60.0"}]') }),
      cluster.erlang('lfe', { args: load('lfe,[{vsn,"2.1.4"}]') }),
    ];
    const script = `{ok, M, B} = compile:forms([{attribute,1,module,'gleam@list'}]), code:load_binary(M, "x", B)`;
    const run = await cluster.erlang('run');
    await run.eval(script);
    if (elixir) starts.push(cluster.erlang('elixir', { kind: 'elixir' }));
    const erlangRelease = await bootScript(t, { release: '25', elixir: false });
    starts.push(cluster.erlang('release', { args: ['-boot', erlangRelease, '-mode', 'embedded'] }));
    if (elixir) {
      const elixirRelease = await bootScript(t, { release: '25', elixir: true });
      starts.push(cluster.erlang('shop', { args: ['-boot', elixirRelease] }));
    }
    const frozen = await cluster.erlang('frozen');
    await cluster.own('plain');
    installWorker(await cluster.own('worker'), { version: '9.9.9', print: () => undefined });
    await Promise.all(starts);
    const entry = await cluster.erlang('entry');
    const others = [
      'gleam',
      'lfe',
      'run',
      'release',
      'frozen',
      'worker',
      'plain',
      ...(elixir ? ['elixir', 'shop'] : []),
    ];
    for (const name of others) assert.equal(await entry.eval(`net_adm:ping('${full(name)}')`), 'pong', name);
    process.kill(frozen.osPid, 'SIGSTOP');
    const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'kinds' });
    const watched = await watch(t, node, { entries: [full('entry')], answerMs: 5000 });
    const kindOf = (name: string): string => {
      const { kind, release, versions } = watched.member(full(name)) ?? {};
      const shown = release === undefined ? '' : ` ${release.name} ${release.version}`;
      return `${kind}${shown} ${inspect({ ...versions, otp: versions?.otp ?? 'none' })}`;
    };
    assert.match(kindOf('entry'), /^erlang /);
    assert.match(kindOf('gleam'), /^gleam .*0\.60\.0/);
    assert.match(kindOf('run'), /^gleam /);
    assert.match(kindOf('lfe'), /^lfe .*2\.1\.4/);
    assert.match(kindOf('release'), /^erlang shop 1\.2\.3 /);
    assert.match(kindOf('worker'), /^typescript .*9\.9\.9/);
    assert.match(kindOf('plain'), /^typescript /);
    if (elixir) {
      assert.match(kindOf('elixir'), /^elixir .*1\./);
      assert.match(kindOf('shop'), /^elixir shop 1\.2\.3 .*1\./);
    }
    assert.match(kindOf('frozen'), /^unknown /);
    assert.deepEqual(
      [watched.member(full('frozen'))?.state, watched.member(full('frozen'))?.problem],
      ['silent', 'timeout'],
    );
    process.kill(frozen.osPid, 'SIGCONT');
    // A release has all of its code loaded, and loads no more.
    const embedded = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'kinds', name: 'guest' });
    const other = await watch(t, embedded, { entries: [full('release')] });
    assert.equal(other.member(full('entry'))?.kind, 'erlang');
    await eventually('the frozen one to answer', 60_000, async () => {
      await watched.refresh();
      return watched.member(full('frozen'))?.kind === 'erlang';
    });
  });
});

describe('members of several releases of OTP', { skip: missingPeer('25') }, () => {
  test('the oldest sees the newest, and the newest the oldest', async (t) => {
    const cluster = await startCluster(t, { cookie: 'releases' });
    // OTP 23 cannot connect to 26 and later.
    const releases = installedReleases().filter((release) => release !== '23');
    const nodes = await Promise.all(releases.map((release) => cluster.erlang(`otp${release}`, { release })));
    for (const { name } of nodes.slice(1)) await nodes[0]?.eval(`net_adm:ping('${name}')`);
    const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: 'releases' });
    for (const entry of nodes) {
      await eventuallyEqual(() => entry.eval('length(nodes())'), String(nodes.length - 1));
      const watched = await watch(t, node, { entries: [entry.name] });
      const seen = watched.members().map(({ name, versions }) => [name, versions.otp]);
      const expected = releases.map((release) => [full(`otp${release}`), release]);
      assert.deepEqual(Object.fromEntries(seen), Object.fromEntries(expected));
      await watched.close();
    }
  });
});

describe('two clusters whose nodes have the same names', { skip: missingPeer('25') }, () => {
  test('are watched at once, each through a node of ours, and see only their own', async (t) => {
    const sides = await Promise.all(
      ['left', 'right'].map(async (side) => {
        const cluster = await startCluster(t, { cookie: `cookie-${side}` });
        const [a] = [await cluster.erlang('a'), await cluster.erlang('b'), await cluster.erlang(side)];
        for (const name of ['b', side]) await a.eval(`net_adm:ping('${full(name)}')`);
        const node = await visit(t, { epmdPort: cluster.epmdPort, cookie: `cookie-${side}` });
        const watched = await watch(t, node, { entries: [full('a')] });
        return { side, cluster, node, watched };
      }),
    );
    for (const { side, watched, node } of sides) {
      const names = watched.members().map(({ name }) => name);
      assert.deepEqual(names.sort(), [full('a'), full('b'), full(side)].sort());
      const call = { module: 'erlang', function: 'get_cookie', args: [] };
      for (const name of names) assert.equal(await watched.ask(name, call), atom(`cookie-${side}`));
      using _visit = await watched.visit(full('b'));
      assert.equal(await node.rpc(full('b'), 'erlang', 'get_cookie', []), atom(`cookie-${side}`));
    }
    const [left, right] = sides;
    await assert.rejects(async () => left?.watched.visit(full('right')), { code: 'MEMBERS_UNKNOWN_NODE' });
    await left?.watched.close();
    assert.equal(right?.watched.members().length, 3);
    assert.ok(right?.watched.members().every(({ state }) => state === 'answering'));
  });
});
