/**
 * A peer that knows the cookie and lies about who it is: every control message with a sender of a third node, and every
 * request to a system process that wants its answer elsewhere. What it says has no effect in another's name.
 */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  atom,
  createMemoryNetwork,
  createStaticResolver,
  type Node,
  Pid,
  type Process,
  Reference,
  type ResolvedAddress,
  startNode,
  subscribeEvent,
  type Term,
  type Transport,
  type Tuple,
  tuple,
} from '@convoy/node';
import { Flag } from '@convoy/node/connection';
import { type ControlOf, hasPayload } from '../../src/distribution/control-messages.ts';
import { type ControlKind, controlRows } from '../../src/distribution/control-rows.ts';
import { visibleFlags } from '../../src/distribution/flags.ts';
import { attack } from '../../../../test/support/attack.ts';
import { eventuallyEqual } from '../../../../test/support/eventually.ts';
import { cookie, RawPeer } from './raw-peer.ts';

const reason = atom('forged');
const token = undefined;

let node: Node;
let victim: Node;
let transport: Transport;
let raw: RawPeer;
let dropped: string[];
let stopListening: () => void;
/** What the process under attack has received. */
let log: string[];
let target: Pid;
let self: Process;

async function start(isolated: boolean): Promise<void> {
  transport = createMemoryNetwork().transport();
  const addresses = new Map<string, ResolvedAddress>();
  const resolver = createStaticResolver(addresses);
  const options = { cookie, transport, resolver, isolated };
  node = await startNode({ ...options, name: 'n@memory.test' });
  victim = await startNode({ ...options, name: 'victim@memory.test' });
  addresses.set(victim.name, { host: 'memory', port: victim.port ?? 0 });
  addresses.set('stranger@memory.test', { host: 'memory', port: 1 });
  await node.connect(victim.name);
  raw = await RawPeer.dial(node, transport);
  log = [];
  dropped = [];
  stopListening = subscribeEvent('convoy:message.dropped', (event) => {
    if (event.node === node.name) dropped.push(`${event.peer} ${event.reason}`);
  });
  const started = Promise.withResolvers<Process>();
  target = node.spawnServer(
    {
      onMessage: (process, message, from) => {
        if (message === atom('start')) return started.resolve(process);
        log.push(`${from === undefined ? 'no sender' : 'sender'}, by ${process.peer}`);
      },
      onExitSignal: (_self, from) => void log.push(`exit of ${from.node}`),
    },
    { name: 'here' },
  );
  node.send(target, atom('start'));
  self = await started.promise;
}

beforeEach(() => start(false));
afterEach(async () => {
  stopListening();
  await raw[Symbol.asyncDispose]();
  await victim.close();
});

/** Resolves when the node has taken everything that was sent before. */
async function settle(): Promise<void> {
  raw.heard.length = 0;
  const mark = raw.ref(999_999);
  raw.connection.send({ kind: 'MONITOR_P', from: raw.pid(1), to: 'nothing there', ref: mark });
  let heard = '';
  while (!heard.startsWith('PAYLOAD_MONITOR_P_EXIT')) heard = await raw.next();
  await new Promise<void>((resolve) => setImmediate(resolve));
}

type Forgeries = { readonly [Kind in ControlKind]: ControlOf<Kind> };

/** Every control message, as `raw` would send it to act as a process of the victim. */
function forgeries(): Forgeries {
  const from = new Pid(victim.name, 1, 0, victim.creation);
  const ref = new Reference(victim.name, victim.creation, [1, 2, 3]);
  const to = target;
  const spawnTarget = { module: 'm', function: 'f', arity: 0 };
  const spawn = { ref, from, groupLeader: from, target: spawnTarget, options: [atom('monitor')] };
  return {
    LINK: { kind: 'LINK', from, to },
    SEND: { kind: 'SEND', to },
    EXIT: { kind: 'EXIT', from, to, reason },
    UNLINK: { kind: 'UNLINK', from, to },
    NODE_LINK: { kind: 'NODE_LINK' },
    REG_SEND: { kind: 'REG_SEND', from, to: 'here' },
    GROUP_LEADER: { kind: 'GROUP_LEADER', from, to },
    EXIT2: { kind: 'EXIT2', from, to, reason },
    SEND_TT: { kind: 'SEND_TT', to, token },
    EXIT_TT: { kind: 'EXIT_TT', from, to, token, reason },
    REG_SEND_TT: { kind: 'REG_SEND_TT', from, to: 'here', token },
    EXIT2_TT: { kind: 'EXIT2_TT', from, to, token, reason },
    MONITOR_P: { kind: 'MONITOR_P', from, to, ref },
    DEMONITOR_P: { kind: 'DEMONITOR_P', from, to, ref },
    MONITOR_P_EXIT: { kind: 'MONITOR_P_EXIT', from, to, ref, reason },
    SEND_SENDER: { kind: 'SEND_SENDER', from, to },
    SEND_SENDER_TT: { kind: 'SEND_SENDER_TT', from, to, token },
    PAYLOAD_EXIT: { kind: 'PAYLOAD_EXIT', from, to },
    PAYLOAD_EXIT_TT: { kind: 'PAYLOAD_EXIT_TT', from, to, token },
    PAYLOAD_EXIT2: { kind: 'PAYLOAD_EXIT2', from, to },
    PAYLOAD_EXIT2_TT: { kind: 'PAYLOAD_EXIT2_TT', from, to, token },
    PAYLOAD_MONITOR_P_EXIT: { kind: 'PAYLOAD_MONITOR_P_EXIT', from, to, ref },
    SPAWN_REQUEST: { kind: 'SPAWN_REQUEST', ...spawn },
    SPAWN_REQUEST_TT: { kind: 'SPAWN_REQUEST_TT', ...spawn, token },
    SPAWN_REPLY: { kind: 'SPAWN_REPLY', ref, to, flags: 2, result: from },
    SPAWN_REPLY_TT: { kind: 'SPAWN_REPLY_TT', ref, to, flags: 2, result: from, token },
    ALIAS_SEND: { kind: 'ALIAS_SEND', from, to: self.alias() },
    ALIAS_SEND_TT: { kind: 'ALIAS_SEND_TT', from, to: self.alias(), token },
    UNLINK_ID: { kind: 'UNLINK_ID', id: 1, from, to },
    UNLINK_ID_ACK: { kind: 'UNLINK_ID_ACK', id: 1, from, to },
    ALTACT_SIG_SEND: { kind: 'ALTACT_SIG_SEND', flags: 1, from, to, token },
  };
}

const messages: ReadonlySet<ControlKind> = new Set<ControlKind>([
  ...(['SEND', 'SEND_TT', 'SEND_SENDER', 'SEND_SENDER_TT', 'REG_SEND', 'REG_SEND_TT'] as const),
  ...(['ALIAS_SEND', 'ALIAS_SEND_TT', 'ALTACT_SIG_SEND'] as const),
]);
/** Says nothing, or nothing about its sender. */
const neutral: ReadonlySet<ControlKind> = new Set<ControlKind>(['NODE_LINK', 'GROUP_LEADER']);

describe('a control message in the name of a process of a third node', () => {
  for (const kind of Object.keys(controlRows) as ControlKind[]) {
    if (neutral.has(kind)) continue;
    if (messages.has(kind)) {
      it(`${kind} arrives without a sender`, async () => {
        raw.connection.send(forgeries()[kind], 'hello');
        await settle();
        assert.deepEqual(log, ['no sender, by raw@memory.test']);
        assert.deepEqual(dropped, []);
      });
    } else {
      it(`${kind} is dropped and reported`, async () => {
        raw.connection.send(forgeries()[kind], hasPayload(kind) ? [] : undefined);
        await settle();
        assert.deepEqual([log, dropped], [[], ['raw@memory.test foreign-sender']]);
        assert.deepEqual(raw.heard, [], 'nothing is answered');
      });
    }
  }

  it('ALTACT_SIG_SEND with an exit is dropped and reported', async () => {
    raw.connection.send({ ...forgeries().ALTACT_SIG_SEND, flags: 17 }, reason);
    await settle();
    assert.deepEqual([log, dropped], [[], ['raw@memory.test foreign-sender']]);
  });

  it('GROUP_LEADER is data: it may name a process of any node', async () => {
    raw.connection.send(forgeries().GROUP_LEADER);
    await settle();
    assert.equal(self.groupLeader?.node, victim.name);
  });

  it('a sender of the peer itself is passed on', async () => {
    raw.connection.send({ kind: 'SEND_SENDER', from: raw.pid(1), to: target }, 1);
    await settle();
    assert.deepEqual(log, ['sender, by raw@memory.test']);
  });
});

describe('a reference that belongs to another node', () => {
  attack(
    'Forged senders',
    'a peer that learned a monitor’s reference cannot report that a process of another node ended',
    async () => {
      const watched = victim.spawn(async (process) => void (await process.receive()));
      const ref = self.monitor(watched);
      raw.connection.send({ kind: 'PAYLOAD_MONITOR_P_EXIT', from: raw.pid(1), to: target, ref }, reason);
      raw.connection.send({ kind: 'MONITOR_P_EXIT', from: 'here', to: target, ref, reason });
      await settle();
      assert.deepEqual(log, []);
      assert.deepEqual(dropped, ['raw@memory.test foreign-sender', 'raw@memory.test foreign-sender']);
      victim.send(watched, 'end');
      await eventuallyEqual(() => log, [`no sender, by ${victim.name}`]);
    },
  );

  attack(
    'Forged senders',
    'a peer cannot remove the monitor of another node’s process, or occupy its reference in advance',
    async () => {
      const down = Promise.withResolvers<Term>();
      const known = Promise.withResolvers<Reference>();
      victim.spawn(async (process) => {
        known.resolve(process.monitor(target));
        down.resolve(await process.receive());
      });
      const ref = await known.promise;
      await victim.rpc(node.name, 'nothing', 'here', []).catch(() => undefined);
      raw.connection.send({ kind: 'DEMONITOR_P', from: raw.pid(1), to: target, ref });
      raw.connection.send({ kind: 'MONITOR_P', from: raw.pid(1), to: target, ref });
      await settle();
      node.processes.exit(target, atom('kill'));
      raw.connection.send({ kind: 'PAYLOAD_EXIT2', from: raw.pid(1), to: target }, atom('kill'));
      assert.ok((await down.promise) !== undefined);
      assert.deepEqual(dropped.slice(0, 2), Array(2).fill('raw@memory.test foreign-sender'));
    },
  );

  attack(
    'Forged senders',
    'a peer that learned the reference of a remote call cannot answer, refuse or adopt it in place of the node that was called',
    async () => {
      await using asked = await RawPeer.dial(node, transport, { name: 'asked@memory.test' });
      const call = node.rpc('asked@memory.test', 'm', 'f', []);
      const { control } = await asked.nextMessage();
      assert.ok(control.kind === 'SPAWN_REQUEST');
      const { ref, from: to } = control;
      const [kind, from] = ['PAYLOAD_MONITOR_P_EXIT', raw.pid(1)] as const;
      const answer = (value: Term): Term => tuple(ref, atom('return'), value);
      raw.connection.send({ kind: 'SPAWN_REPLY', ref, to, flags: 0, result: 'notsup' });
      raw.connection.send({ kind: 'SPAWN_REPLY', ref, to, flags: 2, result: raw.pid(7) });
      raw.connection.send({ kind, from, to, ref }, answer(false));
      raw.connection.send({ kind, from: 'name', to, ref }, answer(false));
      raw.connection.send(
        { kind: 'SEND', to },
        tuple(atom('DOWN'), ref, atom('process'), from, answer(false)),
      );
      await settle();
      asked.connection.send({ kind, from: new Pid('asked@memory.test', 7, 0, 9), to, ref }, answer(true));
      assert.equal(await call, true);
      assert.deepEqual(dropped, Array(5).fill('raw@memory.test foreign-sender'));
    },
  );

  attack(
    'Forged senders',
    'a peer that learned the reference of a call to rex cannot answer it in place of the node that was called',
    async () => {
      const flags = visibleFlags & ~Flag.SPAWN;
      await using asked = await RawPeer.dial(node, transport, { name: 'asked@memory.test', flags });
      const call = node.rpc('asked@memory.test', 'm', 'f', []);
      const requests = [await asked.nextMessage(), await asked.nextMessage()];
      const sent = requests.find(({ control }) => control.kind === 'REG_SEND');
      const [pid, ref] = ((sent!.payload as Tuple).at(1) as Tuple).elements as readonly [Pid, Reference];
      raw.connection.send({ kind: 'SEND', to: pid }, tuple(ref, false));
      raw.connection.send(
        { kind: 'SEND', to: pid },
        tuple(atom('DOWN'), ref, atom('process'), pid, atom('noproc')),
      );
      await settle();
      asked.connection.send({ kind: 'SEND', to: pid }, tuple(ref, true));
      assert.equal(await call, true);
      assert.deepEqual(dropped, Array(2).fill('raw@memory.test foreign-sender'));
    },
  );

  it('tells nothing of the next: references carry 64 random bits', () => {
    const [first, second] = [node.processes.makeRef(), node.processes.makeRef()];
    assert.notEqual(first.words[1], second.words[1]);
    assert.notEqual(first.words[2], second.words[2]);
  });
});

/** What the system processes are asked, with the pid, name or alias that the answer should go to. */
const requests: readonly (readonly [string, string, (from: Pid, ref: Reference) => Term])[] = [
  ['net_kernel', 'is_auth', (from, ref) => genCall(from, ref, tuple(atom('is_auth'), atom('x@y')))],
  [
    'net_kernel',
    'a call with an alias',
    (from, ref) => genCall(from, alias(ref), tuple(atom('is_auth'), null)),
  ],
  ['net_kernel', 'an unknown call', (from, ref) => genCall(from, ref, atom('what'))],
  ['rex', 'a call', (from, ref) => genCall(from, ref, rexCall(from))],
  [
    'rex',
    'a blocking call',
    (from, ref) => genCall(from, ref, tuple(atom('block_call'), ...rexCall(from).elements.slice(1))),
  ],
  ['rex', 'an unknown call', (from, ref) => genCall(from, alias(ref), atom('what'))],
  ['rex', 'a cast', (from) => tuple(atom('$gen_cast'), rexCall(from))],
  ['rex', 'a plain call', (from) => tuple(from, rexCall(from))],
  ['rex', 'its features', (from) => tuple(from, atom('features_request'))],
  ['rex', 'a broadcast', (from) => tuple(from, tuple(atom('sbcast'), atom('nobody'), 1))],
  ['rex', 'a message to send', (from) => tuple(from, tuple(atom('send'), atom('nobody'), 1))],
  ['user', 'to print', (from, ref) => ioRequest(from, ref, tuple(atom('put_chars'), atom('unicode'), 'x'))],
  [
    'user',
    'to run a function',
    (from, ref) =>
      ioRequest(from, ref, tuple(atom('put_chars'), atom('unicode'), atom('os'), atom('cmd'), ['id'])),
  ],
  ['user', 'for a line', (from, ref) => ioRequest(from, ref, tuple(atom('get_line'), atom('unicode'), '> '))],
  ['user', 'nonsense', (from, ref) => ioRequest(from, ref, atom('x'))],
];

function genCall(from: Pid, tag: Term, request: Term): Term {
  return tuple(atom('$gen_call'), tuple(from, tag), request);
}
function alias(ref: Reference): Term {
  return tuple(atom('alias'), ref);
}
function rexCall(from: Pid) {
  return tuple(atom('call'), atom('m'), atom('echo'), [1], from);
}
function ioRequest(from: Pid, ref: Reference, request: Term): Term {
  return tuple(atom('io_request'), from, ref, request);
}

for (const isolated of [false, true]) {
  describe(`a request to a system process of ${isolated ? 'an isolated' : 'a'} node whose answer should go elsewhere`, () => {
    beforeEach(async () => {
      stopListening();
      await raw[Symbol.asyncDispose]();
      await victim.close();
      await start(isolated);
      node.expose('m', { echo: (value: number) => value });
    });

    for (const [name, what, request] of requests) {
      it(`${name}, asked ${what}, sends nothing to a third node, dials none and bothers no process of its own`, async () => {
        const got: Term[] = [];
        const inbox = victim.spawnServer({ onMessage: (_self, message) => void got.push(message) });
        const stranger = new Pid('stranger@memory.test', 1, 0, 1);
        for (const from of [inbox, stranger, target]) {
          const ref = new Reference(from.node, from.creation, [1, 2, 3]);
          raw.connection.send({ kind: 'REG_SEND', from: raw.pid(1), to: name }, request(from, ref));
        }
        await settle();
        // In order behind whatever was sent to the victim's inbox.
        await victim.rpc(node.name, 'm', 'echo', [1]);
        await node.rpc(victim.name, 'nothing', 'here', []).catch(() => undefined);
        assert.deepEqual([got, log], [[], []]);
        assert.deepEqual(node.list('known').sort(), ['raw@memory.test', victim.name]);
        const isAnswered = what !== 'a cast';
        assert.equal(
          dropped.filter((event) => event.endsWith('foreign-receiver')).length,
          isAnswered ? 3 : 0,
        );
      });
    }
  });
}
