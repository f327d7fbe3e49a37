/** What `isolated` keeps from happening, and what an ordinary node does in the same place, as Erlang does. */

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  atom,
  createMemoryNetwork,
  createStaticResolver,
  type Node,
  noReply,
  Pid,
  type Process,
  type ResolvedAddress,
  serveGenServer,
  startNode,
  subscribeEvent,
  type Term,
  type Transport,
  type Tuple,
  tuple,
} from '@convoy/node';
import { attack } from '../../../../test/support/attack.ts';
import { cookie, RawPeer } from './raw-peer.ts';

let nodes: Node[] = [];
let transport: Transport;

/** A node in the middle, connected with two others. */
async function start(isolated: boolean): Promise<readonly [middle: Node, asker: Node, third: Node]> {
  transport = createMemoryNetwork().transport();
  const addresses = new Map<string, ResolvedAddress>();
  const resolver = createStaticResolver(addresses);
  const begin = async (name: string, options: { isolated: boolean; hidden: boolean }): Promise<Node> => {
    const node = await startNode({ name: `${name}@memory.test`, cookie, transport, resolver, ...options });
    addresses.set(node.name, { host: 'memory', port: node.port ?? 0 });
    nodes.push(node);
    return node;
  };
  const middle = await begin('middle', { isolated, hidden: true });
  const [asker, third] = [
    await begin('asker', { isolated: false, hidden: false }),
    await begin('third', { isolated: false, hidden: false }),
  ];
  await middle.connect(asker.name);
  await middle.connect(third.name);
  return [middle, asker, third];
}

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  nodes = [];
});

/** Asks a process of another node for something and resolves with the answer. */
function ask(node: Node, to: Pid, ...what: Term[]): Promise<Term> {
  return new Promise((resolve) => {
    node.spawn(async (self) => {
      self.send(to, tuple(self.pid, ...what));
      resolve(await self.receive());
    });
  });
}

/** Listens for a message on a node; `got` resolves with the first. */
function inbox(node: Node): { readonly pid: Pid; readonly got: Promise<Term> } {
  const { promise: got, resolve } = Promise.withResolvers<Term>();
  return { pid: node.spawnServer({ onMessage: (_self, message) => resolve(message) }), got };
}

describe('a process of an isolated node', () => {
  it('sends only where the message it handles came from', async () => {
    const [middle, asker, third] = await start(true);
    const dropped: string[] = [];
    const stop = subscribeEvent('convoy:message.dropped', ({ peer, reason }) =>
      dropped.push(`${peer} ${reason}`),
    );
    const server = middle.spawnServer({
      onMessage(self, message) {
        const [from, to] = (message as Tuple).elements;
        self.send(to as Pid, 'for the third');
        self.send(from as Pid, self.peer);
      },
    });
    const box = inbox(third);
    assert.deepEqual(text(await ask(asker, server, box.pid)), asker.name);
    stop();
    assert.deepEqual(dropped, [`${asker.name} foreign-receiver`]);
    third.send(box.pid, 'nothing came');
    assert.equal(await box.got, 'nothing came');
  });

  it('knows who asked in a function of its own too, and sends freely once it handles no message', async () => {
    const [middle, asker, third] = await start(true);
    const box = inbox(third);
    const free = Promise.withResolvers<Process>();
    const server = middle.spawnServer({
      onMessage(self) {
        setImmediate(() => free.resolve(self));
      },
    });
    const peers = await new Promise<string[]>((resolve) => {
      const pid = middle.spawn(async (self) => {
        const seen = [self.peer];
        await self.receive();
        seen.push(self.peer);
        resolve(seen);
      });
      asker.send(pid, 1);
    });
    assert.deepEqual(peers, [middle.name, asker.name]);
    asker.send(server, 'wake up');
    (await free.promise).send(box.pid, 'by itself');
    assert.deepEqual(text(await box.got), 'by itself');
  });

  it('watches and links no process of another node for a peer', async () => {
    const [middle, asker, third] = await start(true);
    const seen: Term[] = [];
    const done = Promise.withResolvers<undefined>();
    const server = middle.spawnServer({
      onMessage(self, message) {
        if (self.peer === middle.name) seen.push((message as Tuple).at(4));
        else self.monitor((message as Tuple).at(1) as Pid);
        if (self.peer === asker.name) self.link((message as Tuple).at(1) as Pid);
      },
      onExitSignal(_self, _from, reason) {
        seen.push(reason);
        done.resolve(undefined);
      },
    });
    asker.send(server, tuple(asker.pid, inbox(third).pid));
    await done.promise;
    assert.deepEqual(seen, [atom('noconnection'), atom('noconnection')]);
  });

  it('passes on what a peer said as that peer’s, also to processes of its own node', async () => {
    const [middle, asker, third] = await start(true);
    const box = inbox(third);
    const peers: string[] = [];
    const second = middle.spawnServer({
      onMessage(self, message) {
        peers.push(self.peer);
        self.send(message as Pid, 'by a detour');
        self.answer(asker.name, asker.pid, 'never mind');
      },
    });
    const first = middle.spawnServer({
      onMessage: (self, message) => self.send(second, (message as Tuple).at(1)),
    });
    asker.send(first, tuple(asker.pid, box.pid));
    await middle.rpc(asker.name, 'nothing', 'here', []).catch(() => undefined);
    third.send(box.pid, 'nothing came');
    assert.equal(await box.got, 'nothing came');
    assert.deepEqual(peers, [asker.name]);
  });

  it('does not dial for a message', async () => {
    const [middle, , third] = await start(true);
    middle.disconnect(third.name);
    const box = inbox(third);
    middle.send(box.pid, 1);
    const down = await new Promise<Term>((resolve) => {
      middle.spawn(async (self) => {
        self.monitor(box.pid);
        resolve(((await self.receive()) as Tuple).at(4));
      });
    });
    assert.equal(down, atom('noconnection'));
    assert.ok(!middle.list('known').includes(third.name));
    await middle.connect(third.name);
    assert.ok(middle.list('known').includes(third.name));
  });
});

describe('exit signals to an isolated node', () => {
  attack(
    'Forged senders',
    'an exit signal with the pid of a third node in its reason leads to no message there',
    async () => {
      const [middle, asker, third] = await start(true);
      const box = inbox(third);
      const peers: string[] = [];
      const trapped = Promise.withResolvers<undefined>();
      const server = middle.spawnServer({
        onMessage: () => undefined,
        onExitSignal(self, _from, reason) {
          peers.push(self.peer);
          self.send(reason as Pid, 'by an exit');
        },
      });
      const trapping = middle.spawn(async (self) => {
        self.trapExit = true;
        const exit = (await self.receive()) as Tuple;
        peers.push(self.peer);
        self.send(exit.at(2) as Pid, 'by an exit');
        trapped.resolve(undefined);
      });
      await middle.rpc(asker.name, 'nothing', 'here', []).catch(() => undefined);
      asker.spawn((self) => {
        self.exitSignal(server, box.pid);
        self.exitSignal(trapping, box.pid);
      });
      await trapped.promise;
      third.send(box.pid, 'nothing came');
      assert.equal(await box.got, 'nothing came');
      assert.deepEqual(peers, [asker.name, asker.name]);
    },
  );

  attack(
    'Forged senders',
    'the end of a monitored process with the pid of a third node in its reason leads to no message there',
    async () => {
      const [middle, asker, third] = await start(true);
      const box = inbox(third);
      const watched = asker.spawn(async (self) => {
        await self.receive();
        self.exit(box.pid);
      });
      const peers: string[] = [];
      const down = Promise.withResolvers<undefined>();
      const server = middle.spawnServer({
        onMessage(self, message) {
          peers.push(self.peer);
          if (message === atom('start')) return void self.monitor(watched);
          self.send((message as Tuple).at(4) as Pid, 'by an end');
          down.resolve(undefined);
        },
      });
      middle.send(server, atom('start'));
      asker.send(watched, 'end');
      await down.promise;
      third.send(box.pid, 'nothing came');
      assert.equal(await box.got, 'nothing came');
      assert.deepEqual(peers, [middle.name, asker.name]);
    },
  );
});

for (const isolated of [true, false]) {
  const kind = isolated ? 'an isolated node' : 'an ordinary node';

  describe(`a gen call of ${kind}`, () => {
    it(`${isolated ? 'takes no answer' : 'takes an answer'} of a third node, as that of a pool`, async () => {
      const [middle] = await start(isolated);
      await using asked = await RawPeer.dial(middle, transport, { name: 'asked@memory.test' });
      await using other = await RawPeer.dial(middle, transport, { name: 'other@memory.test' });
      const call = middle.call({ name: 'pool', node: 'asked@memory.test' }, 1);
      let request: Term;
      do request = (await asked.nextMessage()).payload;
      while (request === undefined);
      const tag = ((request as Tuple).at(1) as Tuple).at(1) as { tail: never };
      const from = (node: string): Pid => new Pid(node, 1, 0, 9);
      other.connection.send(
        { kind: 'ALIAS_SEND', from: from('other@memory.test'), to: tag.tail },
        tuple(tag as unknown as Term, 'third'),
      );
      await middle.rpc('asker@memory.test', 'nothing', 'here', []).catch(() => undefined);
      asked.connection.send(
        { kind: 'ALIAS_SEND', from: from('asked@memory.test'), to: tag.tail },
        tuple(tag as unknown as Term, 'asked'),
      );
      assert.equal(text(await call), isolated ? 'asked' : 'third');
    });
  });

  describe(`a gen server of ${kind}`, () => {
    it(`${isolated ? 'leaves a caller of a third node without' : 'gives a caller of a third node'} an answer, also a late one`, async () => {
      const [middle, asker, third] = await start(isolated);
      const peers: string[] = [];
      const late = Promise.withResolvers<() => void>();
      const server = serveGenServer(middle, 'server', {
        call(request, { from, peer, reply }) {
          peers.push(peer);
          if (text(request) === 'now') return 'at once';
          late.resolve(() => from !== undefined && reply(from, 'late'));
          return noReply;
        },
      });
      const [one, two] = [inbox(third), inbox(third)];
      const request = (caller: Pid, what: string): Term => tuple(atom('$gen_call'), tuple(caller, 1), what);
      asker.send(server, request(one.pid, 'now'));
      asker.send(server, request(two.pid, 'late'));
      (await late.promise)();
      if (isolated) {
        // Behind whatever the server has sent to the third node.
        await middle.rpc(third.name, 'nothing', 'here', []).catch(() => undefined);
        for (const box of [one, two]) third.send(box.pid, tuple(1, 'nothing came'));
      }
      const answers = await Promise.all([one.got, two.got]);
      assert.deepEqual(
        answers.map((answer) => text((answer as Tuple).at(1))),
        isolated ? ['nothing came', 'nothing came'] : ['at once', 'late'],
      );
      assert.deepEqual(peers, [asker.name, asker.name]);
    });
  });
}

function text(term: Term): string {
  return term instanceof Uint8Array ? Buffer.from(term).toString() : String(term);
}
