import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  atom,
  type GenCallbacks,
  type Node,
  type Pid,
  serveGenServer,
  type Term,
  Tuple,
  tuple,
} from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';

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
    assert.deepEqual(await ask(world.asker, pid, atom('get_state')), tuple(atom('ok'), 3));
    const status = (await ask(world.asker, pid, atom('get_status'))) as unknown as Tuple;
    assert.deepEqual(status.elements.slice(0, 3), [
      atom('status'),
      pid,
      tuple(atom('module'), atom('gen_server')),
    ]);
    const parts = status.elements[3] as unknown as Term[];
    assert.deepEqual([parts.length, parts[0], parts[1], parts[3]], [5, [], atom('running'), []]);
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
    assert.deepEqual(await ask(world.asker, pid, atom('get_state')), tuple(atom('ok'), undefined));
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
    assert.deepEqual(
      await ask(world.asker, pid, atom('what')),
      tuple(atom('error'), tuple(atom('unknown_system_msg'), atom('what'))),
    );
    assert.ok(world.node.isAlive(pid));
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
    assert.ok(world.node.isAlive(pid));
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
    assert.deepEqual(await ask(world.asker, pid, atom('get_state')), tuple(atom('ok'), undefined));
    assert.deepEqual(heard, []);
  });
});
