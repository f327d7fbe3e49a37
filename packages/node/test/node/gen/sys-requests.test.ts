import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  type GenCallbacks,
  ImproperList,
  type Node,
  Pid,
  Reference,
  serveGenServer,
  type Term,
  Tuple,
  tuple,
} from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';
import { SysDebug } from '../../../src/node/gen/sys-debug.ts';
import { answerSys } from '../../../src/node/gen/sys-requests.ts';

const examplePid = new Pid('otp@host', 1, 0, 1);

/** Sends a system message from `asker`, and resolves with the answer. */
function ask(asker: Node, server: Pid, request: Term): Promise<Term> {
  return new Promise((resolve) => {
    asker.spawn(async (self) => {
      const tag = self.makeRef();
      self.send(server, tuple(atom('system'), tuple(self.pid, tag), request));
      const answer = (await self.receive()) as unknown as Tuple;
      assert.deepEqual(answer.elements[0], tag);
      resolve(answer.elements[1]);
    });
  });
}

interface World extends AsyncDisposable {
  readonly asker: Node;
  serve(callbacks: GenCallbacks): Pid;
  readonly node: Node;
}

async function makeWorld(): Promise<World> {
  const cluster = createMemoryCluster();
  const node = await cluster.start('server');
  const asker = await cluster.start('asker');
  await asker.connect(node.name);
  return {
    node,
    asker,
    serve: (callbacks) => serveGenServer(node, 'counter', callbacks),
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}

describe('the system messages of a gen server', () => {
  test('show its state and how it is', async () => {
    await using world = await makeWorld();
    let count = 3;
    const pid = world.serve({ state: () => count, call: () => (count += 1) });
    assert.equal(await ask(world.asker, pid, atom('get_state')), 3);
    const status = (await ask(world.asker, pid, atom('get_status'))) as unknown as Tuple;
    assert.deepEqual(status.elements.slice(0, 3), [
      atom('status'),
      pid,
      tuple(atom('module'), atom('gen_server')),
    ]);
    const parts = status.elements[3] as unknown as Term[];
    assert.deepEqual([parts.length, parts[0], parts[1], parts[3]], [5, [], atom('running'), []]);
  });

  test('show its state in the form of OTP 26.1 and later to callers with the aliases of these releases', async () => {
    const state = tuple(atom('ok'), 3);
    for (const [count, shown] of [
      [3, 3],
      [4, state],
      [5, state],
    ] as const) {
      const tag = new ImproperList([atom('alias')], new Reference('otp@host', 1, Array(count).fill(7)));
      const debug = new SysDebug();
      const status = { pid: examplePid, name: undefined, state: 3, isSuspended: false, debug };
      const { answer } = answerSys({ from: { pid: examplePid, tag }, request: atom('get_state') }, status);
      assert.deepEqual(answer, shown);
    }
  });

  test('count messages and replies, and refuse what would print or keep them', async () => {
    await using world = await makeWorld();
    const pid = world.serve({ call: () => 1, cast: () => undefined });
    const debug = (...what: Term[]): Promise<Term> =>
      ask(world.asker, pid, tuple(atom('debug'), tuple(...what)));
    const counted = async (): Promise<Term> => {
      const list = (await debug(atom('statistics'), atom('get'))) as unknown as Tuple;
      return list.elements[1];
    };
    assert.equal(await counted(), atom('no_statistics'));
    assert.equal(await debug(atom('statistics'), true), atom('ok'));
    world.asker.cast(pid, 1);
    await world.asker.call(pid, 1);
    const seen = ((await counted()) as unknown as Tuple[]).slice(2).map(({ elements }) => elements);
    assert.deepEqual(seen, [
      [atom('reductions'), 0],
      [atom('messages_in'), 2],
      [atom('messages_out'), 1],
    ]);
    assert.equal(await debug(atom('statistics'), false), atom('ok'));
    assert.equal(await counted(), atom('no_statistics'));
    assert.equal(await debug(atom('trace'), true), atom('unknown_debug'));
    assert.equal(await debug(atom('trace'), false), atom('ok'));
    assert.equal(await debug(atom('log'), true), atom('unknown_debug'));
    assert.deepEqual(await debug(atom('log'), atom('get')), tuple(atom('ok'), []));
    assert.deepEqual(await debug(atom('log_to_file'), 'a'), tuple(atom('error'), atom('open_file')));
    assert.equal(await debug(atom('install'), 1), atom('unknown_debug'));
    assert.equal(await ask(world.asker, pid, tuple(atom('debug'), atom('no_debug'))), atom('ok'));
  });

  test('suspend it: messages wait, in order, until it is resumed', async () => {
    await using world = await makeWorld();
    const got: Term[] = [];
    const pid = world.serve({
      cast: (request) => void got.push(request),
      call: () => [...got],
      info: (message) => void got.push(message),
    });
    assert.equal(await ask(world.asker, pid, atom('suspend')), atom('ok'));
    world.asker.cast({ name: 'counter', node: world.node.name }, 1);
    world.asker.send(pid, 2);
    const called = world.asker.call(pid, atom('all'));
    assert.deepEqual(await ask(world.asker, pid, atom('get_state')), undefined);
    assert.deepEqual(got, []);
    assert.equal(await ask(world.asker, pid, atom('resume')), atom('ok'));
    assert.deepEqual(await called, [1, 2]);
  });

  test('end it with the reason', async () => {
    await using world = await makeWorld();
    const ended = Promise.withResolvers<Term>();
    const pid = world.serve({ terminate: ended.resolve });
    assert.equal(await ask(world.asker, pid, tuple(atom('terminate'), atom('enough'))), atom('ok'));
    assert.equal(await ended.promise, atom('enough'));
  });

  test('that it cannot follow are answered with an error', async () => {
    await using world = await makeWorld();
    const pid = world.serve({});
    const replaced = (await ask(world.asker, pid, tuple(atom('replace_state'), 1))) as unknown as Tuple;
    assert.equal(replaced.elements[0], atom('error'));
    assert.equal((replaced.elements[1] as unknown as Tuple).elements[0], atom('callback_failed'));
    assert.deepEqual(
      await ask(world.asker, pid, atom('what')),
      tuple(atom('error'), tuple(atom('unknown_system_msg'), atom('what'))),
    );
    assert.ok(world.node.processes.isAlive(pid));
  });
});

describe('a call that a gen server has no answer to', () => {
  test('is refused, from this node and from another, and the server goes on', async () => {
    await using world = await makeWorld();
    const got = Promise.withResolvers<Term>();
    const pid = world.serve({ cast: got.resolve });
    for (const caller of [world.asker, world.node]) {
      await assert.rejects(caller.call(pid, 1, { timeoutMs: 60_000 }), {
        code: 'CALL_EXIT',
        message: /CALL_UNSUPPORTED, "the server answers no calls"/,
      });
      await assert.rejects(
        caller.call({ name: 'counter', node: world.node.name }, 1, { timeoutMs: 60_000 }),
        {
          code: 'CALL_EXIT',
        },
      );
    }
    world.asker.cast(pid, atom('still'));
    assert.equal(await got.promise, atom('still'));
  });

  test('of gen_event is refused', async () => {
    await using world = await makeWorld();
    const pid = world.serve({ call: () => 1 });
    const answer = await new Promise<Term>((resolve) => {
      world.asker.spawn(async (self) => {
        const ref = self.monitor(pid);
        self.send(pid, tuple(self.pid, tuple(self.pid, ref), atom('which_handlers')));
        resolve(await self.receive());
      });
    });
    const [tag, , , , reason] = (answer as unknown as Tuple).elements;
    assert.equal(tag, atom('DOWN'));
    assert.ok(reason instanceof Tuple);
    assert.equal(reason.elements[1], atom('CALL_UNSUPPORTED'));
    assert.ok(world.node.processes.isAlive(pid));
  });

  test('with the monitor of another node is not ended by it', async () => {
    await using world = await makeWorld();
    const pid = world.serve({});
    const heard: Term[] = [];
    const watching = Promise.withResolvers<Term>();
    world.node.spawn(async (self) => {
      const ref = self.monitor(pid);
      watching.resolve(ref);
      heard.push(await self.receive());
    });
    const ref = await watching.promise;
    world.asker.send(pid, tuple(atom('$gen_call'), tuple(world.asker.pid, ref), 1));
    assert.deepEqual(await ask(world.asker, pid, atom('get_state')), undefined);
    assert.deepEqual(heard, []);
  });
});
