/** The loggers of real nodes, followed: what arrives, what is dropped, and what is left behind: nothing. */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { type FollowedLogger, followLogger, type LoggerEvent } from '@convoy/cluster/logs';
import { type Node, startNode } from '@convoy/node';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import {
  type ErlangNode,
  missingPeer,
  type OtpRelease,
  type PeerKind,
} from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';

const cookie = 'followed-loggers';

/** A node whose logger is followed, and what has arrived of it. */
interface Followed {
  readonly cluster: ErlangCluster;
  readonly target: ErlangNode;
  readonly visitor: Node;
  readonly events: LoggerEvent[];
  readonly logger: FollowedLogger;
  readonly ends: string[];
  dropped: number;
  /** Resolves with the first event whose text matches. */
  event(pattern: RegExp): Promise<LoggerEvent>;
}

interface FollowedOptions {
  readonly release: OtpRelease;
  readonly kind?: PeerKind;
  readonly leaseMs?: number;
}

async function startFollowed(context: TestContext, options: FollowedOptions): Promise<Followed> {
  const { release, kind = 'erl', leaseMs } = options;
  const cluster = await ErlangCluster.start({ cookie, release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const target = await cluster.erlang('target', { kind });
  const visitor = await startVisitor(cluster, 'visitor');
  context.after(() => visitor.close());
  const events: LoggerEvent[] = [];
  const ends: string[] = [];
  const followed = { cluster, target, visitor, events, ends, dropped: 0 };
  const answer = await followLogger(visitor, target.name, {
    leaseMs,
    timeoutMs: 30_000,
    onEvents: (some, dropped) => {
      events.push(...some);
      followed.dropped += dropped;
    },
    onEnd: ({ kind: end }) => ends.push(end),
  });
  if (answer.state === 'unavailable') assert.fail(answer.problem.message);
  return Object.assign(followed, {
    logger: answer.logger,
    async event(pattern: RegExp): Promise<LoggerEvent> {
      let found: LoggerEvent | undefined;
      await eventually(
        () => `an event like ${pattern}; there are ${JSON.stringify(events).slice(0, 2000)}`,
        60_000,
        () => (found = events.find(({ text }) => pattern.test(text))) !== undefined,
      );
      assert.ok(found);
      return found;
    },
  });
}

function startVisitor(cluster: ErlangCluster, name: string): Promise<Node> {
  const how = { hidden: true, isolated: true, listen: false, epmd: 'none' } as const;
  return startNode({ name: `${name}@127.0.0.1`, cookie, epmdPort: cluster.epmdPort, ...how });
}

const ids = '[Id || Id <- logger:get_handler_ids(), lists:prefix("convoy", atom_to_list(Id))]';
/** Ends the helper as nothing but the node itself could. */
const killHelper =
  'begin {ok, #{filters := [{convoy, {_, Helper}}]}} = logger:get_handler_config(convoy_logs_1), exit(Helper, kill) end';

for (const release of testedReleases()) {
  describe(`the logger of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('is followed with levels, metadata and readable reports', async (t) => {
      const { target, event } = await startFollowed(t, { release });
      await target.eval(`
        logger:error("broken: ~p ~ts", [reason, [8364]], #{user => <<"bob">>, attempt => 3}),
        logger:notice("a string"),
        logger:warning(#{what => report, size => 12}),
        error_logger:error_msg("the old way ~w", [1]),
        proc_lib:spawn(fun() -> error(crashed_on_purpose) end)`);
      const error = await event(/^broken: reason €$/);
      assert.equal(error.level, 'error');
      assert.deepEqual([error.meta['user'], error.meta['attempt']], ['bob', '3']);
      assert.match(error.meta['pid'] ?? '', /^<0\.\d+\.\d+>$/);
      assert.ok(Math.abs(error.at - Date.now()) < 600_000);
      assert.equal((await event(/^a string$/)).level, 'notice');
      assert.match((await event(/what: report/)).text, /size: 12/);
      await event(/^the old way 1$/);
      const crash = await event(/crashed_on_purpose/);
      assert.match(crash.text, /^crasher:\n {2}initial call: .*\n/);
      assert.deepEqual([crash.level, crash.meta['domain']], ['error', 'otp.sasl']);
    });

    test('passes on 200 events in a tenth of a second, and counts the others exactly', async (t) => {
      const followed = await startFollowed(t, { release });
      const { target, events } = followed;
      await target.eval(
        '[logger:error("burst ~w", [N]) || N <- lists:seq(1, 3000)], logger:error("the last one")',
      );
      const burst = (): number => events.filter(({ text }) => /burst|the last one/.test(text)).length;
      await eventuallyEqual(() => burst() + followed.dropped, 3001);
      assert.ok(followed.dropped > 0 && burst() >= 200);
      // The next ones arrive as if nothing had been.
      await target.eval('logger:error("after the burst")');
      await followed.event(/^after the burst$/);
    });

    test('is not loaded by large events, which arrive cut', async (t) => {
      const { target, event } = await startFollowed(t, { release });
      await target.eval(`
        logger:error(#{large => lists:seq(1, 50000)}),
        logger:error("~p", [lists:duplicate(50000, $x)]),
        logger:error(binary:copy(<<"y">>, 500000)),
        logger:error("~s", [binary:copy(<<"z">>, 500000)]),
        logger:error("more", [], #{large => lists:seq(1, 50000), mfa => {a, b, 1}}),
        logger:error("that was all")`);
      assert.ok((await event(/large/)).text.length <= 4000);
      for (const letter of ['x', 'y', 'z']) {
        assert.ok((await event(new RegExp(`${letter}{500}`))).text.length <= 4000, letter);
      }
      assert.equal((await event(/^more$/)).meta['mfa'], 'a:b/1');
      await event(/^that was all$/);
    });

    test('is left as it was, and its levels and handlers are not touched', async (t) => {
      const { target, logger, cluster, ends } = await startFollowed(t, { release });
      const others =
        '[logger:get_primary_config(), logger:get_handler_config(default), logger:get_module_level()]';
      const during = await target.eval(others);
      assert.equal(await target.eval(ids), '[convoy_logs_1]');
      // Another one at the same time.
      const second = await startVisitor(cluster, 'second');
      const answer = await followLogger(second, target.name, {
        onEvents: () => undefined,
        onEnd: () => undefined,
      });
      assert.equal(answer.state, 'following');
      assert.equal(await target.eval(`lists:sort(${ids})`), '[convoy_logs_1,convoy_logs_2]');
      await logger.close();
      await logger.close();
      assert.equal(await target.eval(ids), '[convoy_logs_2]');
      // One that goes without a word.
      await second.close();
      await eventuallyEqual(() => target.eval(ids), '[]');
      assert.equal(await target.eval(others), during);
      assert.deepEqual(ends, []);
      assert.doesNotMatch(target.output, /convoy|REPORT/);
    });

    test('has no handler left when the helper is killed, and ends when it is not renewed', async (t) => {
      const { target, ends, visitor } = await startFollowed(t, { release });
      await target.eval(killHelper);
      await eventuallyEqual(() => target.eval(ids), '[]');
      await eventuallyEqual(() => ends, ['failed']);
      await target.eval('logger:error("not followed")');
      // Its connection stays up, but the node does not hear from it.
      await visitor.rpc(target.name, 'erlang', 'node', []);
      const leaseMs = 300;
      const silent = { onEvents: () => undefined, onEnd: () => undefined, leaseMs, timeoutMs: 30_000 };
      t.mock.timers.enable({ apis: ['setInterval'] });
      const answer = await followLogger(visitor, target.name, silent);
      assert.equal(answer.state, 'following');
      await eventuallyEqual(() => target.eval(ids), '[]');
      t.mock.timers.reset();
    });
  });

  const skipElixir = missingPeer(release, 'elixir');
  describe(`the Logger of Elixir on OTP ${release}`, { skip: skipElixir }, () => {
    test('is followed, with the crash of a task', async (t) => {
      const { target, event } = await startFollowed(t, { release, kind: 'elixir' });
      await target.eval(
        'require Logger; Logger.error("from elixir", user_id: 7); Logger.info(fn -> "lazy" end)',
      );
      await target.eval('Task.start(fn -> raise "oops on purpose" end)');
      const { level, meta } = await event(/^from elixir$/);
      assert.deepEqual([level, meta['user_id'], meta['domain']], ['error', '7', 'elixir']);
      assert.equal((await event(/^lazy$/)).level, 'info');
      assert.equal((await event(/oops on purpose/)).level, 'error');
    });
  });
}

describe('a logger that cannot be followed', { skip: missingPeer('25') }, () => {
  test('says why', async (t) => {
    const { cluster, visitor, target } = await startFollowed(t, { release: '25' });
    const options = { onEvents: () => undefined, onEnd: () => undefined };
    const problemOf = async (name: string): Promise<string> => {
      const answer = await followLogger(visitor, name, options);
      return answer.state === 'unavailable' ? answer.problem.kind : answer.state;
    };
    const typescript = await cluster.own('typescript');
    assert.equal(await problemOf(typescript.name), 'unsupported');
    assert.equal(await problemOf('absent@127.0.0.1'), 'unreachable');
    await target.eval(`
      Config = #{filter_default => stop, filters => [{other, {fun(_, _) -> stop end, []}}]},
      [logger:add_handler(list_to_atom("convoy_logs_" ++ integer_to_list(N)), logger, Config) || N <- lists:seq(2, 16)]`);
    const answer = await followLogger(visitor, target.name, options);
    assert.ok(answer.state === 'unavailable' && /16 times/.test(answer.problem.message));
  });

  test('is gone with its node', async (t) => {
    const { target, ends } = await startFollowed(t, { release: '25' });
    await target[Symbol.asyncDispose]();
    await eventuallyEqual(() => ends, ['unreachable']);
  });
});

describe('processes that log', { skip: onlyInAll(missingPeer('29')) }, () => {
  test('do not wait while the visitor is slow', async (t) => {
    const { target, visitor, event } = await startFollowed(t, { release: '29' });
    const once = async (): Promise<number> =>
      Number(
        await target.eval(
          'element(1, timer:tc(fun() -> [logger:error("x") || _ <- lists:seq(1, 5000)], ok end))',
        ),
      );
    const followedUs = await once();
    await event(/^x$/);
    await visitor.close();
    await eventuallyEqual(() => target.eval(ids), '[]');
    t.diagnostic(`5000 events: ${followedUs} us followed, ${await once()} us not followed`);
  });
});
