import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, type CallError, noReply, serveGenServer, type Term, tuple } from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';

test('answers calls, casts and messages of other nodes, one at a time', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  let count = 0;
  const pid = serveGenServer(b, 'counter', {
    async call(request) {
      await Promise.resolve();
      if (request === atom('later')) return noReply;
      return (count += 1);
    },
    cast: (request) => void (count = request as number),
    info: (message) => void (count += message as number),
  });
  const counter = { name: 'counter', node: b.name };
  assert.equal(await a.call(counter, atom('next')), 1);
  a.cast(counter, 10);
  a.send(counter, 5);
  assert.equal(await a.call(pid, atom('next')), 16);
  assert.equal(await b.call('counter', atom('next')), 17);
  await assert.rejects(a.call(counter, atom('later'), { timeoutMs: 30 }), { code: 'CALL_TIMEOUT' });
  const abort = new AbortController();
  const waiting = a.call(counter, atom('later'), { signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});

test('an answer can come later', async () => {
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a');
  serveGenServer(a, 'slow', {
    call(request, { reply, from }) {
      setImmediate(() => from && reply(from, tuple(atom('late'), request)));
      return noReply;
    },
  });
  assert.deepEqual(await a.call('slow', 1), tuple(atom('late'), 1));
});

test('says why there is no answer', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  serveGenServer(b, 'fragile', {
    call: () => {
      throw new Error('boom');
    },
  });
  serveGenServer(b, 'silent', { call: () => noReply });
  const codeOf = (name: string, node: string): Promise<unknown> =>
    a.call({ name, node }, 1).then(
      () => 'answered',
      (error: CallError) => error.code,
    );
  assert.equal(await codeOf('fragile', b.name), 'CALL_EXIT');
  assert.equal(await codeOf('fragile', b.name), 'CALL_NOPROC');
  assert.equal(await codeOf('nobody', a.name), 'CALL_NOPROC');
  assert.equal(await codeOf('any', 'nobody@memory.test'), 'CALL_NODEDOWN');
  const lost = codeOf('silent', b.name);
  await new Promise<void>((resolve) => setImmediate(resolve));
  a.disconnect(b.name);
  assert.equal(await lost, 'CALL_NODEDOWN');
  const closing = codeOf('silent', b.name);
  await new Promise<void>((resolve) => setImmediate(resolve));
  await a.close();
  assert.equal(await closing, 'CALL_NODEDOWN');
});

test('stops when asked as GenServer.stop does', async () => {
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a');
  let reason: Term;
  const pid = serveGenServer(a, 'server', { terminate: (why) => void (reason = why) });
  const ref = a.processes.makeRef();
  const answered = new Promise((resolve) => {
    const caller = a.spawnServer({ onMessage: (_self, message) => resolve(message) });
    a.send(pid, tuple(atom('system'), tuple(caller, ref), tuple(atom('terminate'), atom('normal'))));
  });
  assert.deepEqual(await answered, tuple(ref, atom('ok')));
  assert.deepEqual([a.processes.isAlive(pid), reason], [false, atom('normal')]);
});
