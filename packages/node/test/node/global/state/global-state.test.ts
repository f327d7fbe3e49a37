import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { atom, atomName, Pid, Tuple, type Term } from '../../../../src/etf/index.ts';
import type { GlobalMessage, LockId } from '../../../../src/node/global/state/global-messages.ts';
import {
  createGlobalState,
  type GlobalEffect,
  type GlobalState,
} from '../../../../src/node/global/state/global-model.ts';
import { stepGlobal } from '../../../../src/node/global/state/global-state.ts';

const lockerPid = new Pid('us@h', 11, 0, 1);
const theirLocker = new Pid('a@h', 56, 0, 2);
const owner = new Pid('a@h', 88, 0, 2);
const method = atom('fun');
const lock: LockId = { resource: atom('global'), requester: [lockerPid, theirLocker] };

let state: GlobalState;
const receive = (message: GlobalMessage): GlobalEffect[] => stepGlobal(state, { kind: 'message', message });
const call = (pid: Pid, request: Extract<GlobalMessage, { kind: 'call' }>['request']): GlobalEffect[] =>
  receive({ kind: 'call', from: { pid, tag: 1 }, request });

beforeEach(() => {
  state = createGlobalState({
    self: 'us@h',
    lockerPid,
    incarnation: 5n,
    maxNames: 3,
    maxLocksPerNode: 3,
    maxKnown: 10,
  });
});

/** `cast exchange to a@h`, to compare effects at a glance. */
function summary(effects: readonly GlobalEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'cast':
      case 'tell':
        return `${effect.kind} ${labelOf(effect.message)} to ${effect.node}`;
      case 'reply':
        return `reply ${atomName(effect.value) ?? 'term'}`;
      case 'locker':
        return `locker ${effect.message.kind}`;
      case 'watch':
      case 'unwatch':
        return `${effect.kind} ${effect.pid.node}`;
      case 'limit':
        return 'limit';
      case 'compare':
      case 'join':
      case 'disconnect':
        return `${effect.kind} ${effect.node}`;
    }
  });
}

function labelOf(message: Term): string | undefined {
  return message instanceof Tuple ? atomName(message.at(0)) : undefined;
}

function introduce(node: string, version = 8): GlobalEffect[] {
  return receive({ kind: 'initConnect', node, version, tag: 77, locker: new Pid(node, 56, 0, 2) });
}

/** Joins `a@h`, which already has the given members. */
function joinMesh(known: readonly { node: string; version: number }[] = []): GlobalEffect[] {
  stepGlobal(state, { kind: 'nodeUp', node: 'a@h' });
  introduce('a@h');
  stepGlobal(state, { kind: 'lockIsSet', node: 'a@h', tag: 1, lock });
  receive({ kind: 'exchange', node: 'a@h', names: [{ name: atom('n'), pid: owner, method }], tag: 1 });
  const ops = [{ kind: 'insert', entry: { name: atom('n'), pid: owner, method } }] as const;
  stepGlobal(state, { kind: 'compared', node: 'a@h', tag: 1, ops, resolved: [] });
  return receive({ kind: 'resolved', node: 'a@h', ops: [], known, tag: 1 });
}

describe('joining another mesh', () => {
  it('introduces itself when a node comes up and acknowledges the peer', () => {
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeUp', node: 'a@h' })), [
      'cast init_connect to a@h',
    ]);
    assert.deepEqual(summary(introduce('a@h')), ['locker candidate', 'tell init_connect_ack to a@h']);
  });

  it('sends no acknowledgement to a peer of version 5', () => {
    stepGlobal(state, { kind: 'nodeUp', node: 'a@h' });
    assert.deepEqual(summary(introduce('a@h', 5)), ['locker candidate']);
  });

  it('remembers an introduction that came before the news that the node is up', () => {
    assert.deepEqual(introduce('a@h'), []);
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeUp', node: 'a@h' })), [
      'cast init_connect to a@h',
      'locker candidate',
      'tell init_connect_ack to a@h',
    ]);
  });

  it('joins every member of the other mesh and takes over its names', () => {
    const effects = joinMesh([{ node: 'b@h', version: 8 }]);
    assert.deepEqual(summary(effects), ['watch a@h', 'join b@h', 'locker cancel']);
    assert.deepEqual([...state.known.keys()], ['a@h', 'b@h']);
    assert.equal(state.names.find(atom('n'))?.pid, owner);
  });

  it('has the locker tell its own mesh about the new one before locks are given back', () => {
    state.known.set('c@h', 8);
    const cancel = joinMesh([{ node: 'b@h', version: 8 }]).at(-1);
    assert.ok(cancel?.kind === 'locker' && cancel.message.kind === 'cancel');
    assert.deepEqual(summary(cancel.message.announce), ['cast new_nodes to c@h']);
  });

  it('compares names only when it holds the lock and has heard theirs', () => {
    stepGlobal(state, { kind: 'nodeUp', node: 'a@h' });
    introduce('a@h');
    assert.deepEqual(receive({ kind: 'exchange', node: 'a@h', names: [], tag: 1 }), []);
    const effects = stepGlobal(state, { kind: 'lockIsSet', node: 'a@h', tag: 1, lock });
    assert.deepEqual(summary(effects), ['cast exchange to a@h', 'compare a@h']);
  });

  it('ignores messages of an exchange that was given up', () => {
    stepGlobal(state, { kind: 'nodeUp', node: 'a@h' });
    introduce('a@h');
    assert.deepEqual(receive({ kind: 'exchange', node: 'a@h', names: [], tag: 99 }), []);
    assert.deepEqual(receive({ kind: 'cancelConnect', node: 'a@h', tag: 99 }), []);
    assert.deepEqual(summary(receive({ kind: 'cancelConnect', node: 'a@h', tag: 1 })), [
      'tell cancel_connect to a@h',
      'locker cancel',
      'cast init_connect to a@h',
    ]);
  });

  it('starts over when the acknowledgement is for another attempt', () => {
    stepGlobal(state, { kind: 'nodeUp', node: 'a@h' });
    introduce('a@h');
    const effects = receive({ kind: 'initConnectAck', node: 'a@h', ourTag: 1, theirTag: 76 });
    assert.equal(summary(effects)[0], 'tell cancel_connect to a@h');
    assert.equal(summary(effects).at(-1), 'cast init_connect to a@h');
  });

  it('connects to new members it is told of, once', () => {
    joinMesh();
    const known = [
      { node: 'b@h', version: 8 },
      { node: 'us@h', version: 8 },
    ];
    const news = { kind: 'newNodes', node: 'a@h', ops: [], known, lock } as const;
    assert.deepEqual(summary(receive(news)), ['join b@h']);
    assert.deepEqual(receive(news), []);
  });

  it('keeps no more members than its limit', () => {
    const known = Array.from({ length: 20 }, (_, i) => ({ node: `n${i}@h`, version: 8 }));
    receive({ kind: 'newNodes', node: 'a@h', ops: [], known, lock: undefined });
    assert.equal(state.known.size, 10);
  });
});

describe('locks and names', () => {
  it('gives a lock to one requester at a time', () => {
    const other = { resource: atom('global'), requester: owner };
    assert.deepEqual(summary(call(theirLocker, { kind: 'setLock', ...lock })), ['watch a@h', 'reply true']);
    assert.deepEqual(summary(call(owner, { kind: 'setLock', ...other })), ['reply false']);
    assert.deepEqual(summary(call(owner, { kind: 'delLock', ...other })), ['reply true']);
    assert.deepEqual(summary(call(theirLocker, { kind: 'delLock', ...lock })), ['unwatch a@h', 'reply true']);
    assert.deepEqual(summary(call(owner, { kind: 'setLock', ...other })), ['watch a@h', 'reply true']);
  });

  it('frees the locks of a process that ends', () => {
    call(theirLocker, { kind: 'setLock', ...lock });
    assert.deepEqual(summary(stepGlobal(state, { kind: 'pidDown', pid: theirLocker })), ['unwatch a@h']);
    assert.equal(state.locks.isGlobalHeld, false);
  });

  it('registers a name for the holder of the lock only', () => {
    call(owner, { kind: 'setLock', resource: atom('global'), requester: owner });
    call(theirLocker, { kind: 'register', name: atom('wrong'), pid: owner, method });
    call(owner, { kind: 'register', name: atom('right'), pid: owner, method });
    assert.deepEqual(
      state.names.entries().map((entry) => entry.name),
      [atom('right')],
    );
  });

  it('drops a registration that comes after its lock ended by a crash', () => {
    call(owner, { kind: 'setLock', resource: atom('global'), requester: owner });
    stepGlobal(state, { kind: 'pidDown', pid: owner });
    call(owner, { kind: 'register', name: atom('late'), pid: owner, method });
    assert.equal(state.names.find(atom('late')), undefined);
  });

  it('forgets the names of a process that ends and of a node that goes', () => {
    call(owner, { kind: 'register', name: atom('one'), pid: owner, method });
    call(owner, { kind: 'register', name: atom('two'), pid: theirLocker, method });
    assert.deepEqual(summary(stepGlobal(state, { kind: 'pidDown', pid: owner })), ['unwatch a@h']);
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeDown', node: 'a@h' })), ['unwatch a@h']);
    assert.deepEqual(state.names.entries(), []);
  });

  it('keeps no more names than its limit', () => {
    for (const name of [1, 2, 3]) call(owner, { kind: 'register', name, pid: owner, method });
    assert.deepEqual(summary(call(owner, { kind: 'register', name: 4, pid: owner, method })), [
      'limit',
      'reply yes',
    ]);
  });
});

describe('preventing overlapping partitions', () => {
  beforeEach(() => joinMesh([{ node: 'b@h', version: 8 }]));

  it('reports the loss of a member to the others', () => {
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeDown', node: 'a@h' })), [
      'unwatch a@h',
      'tell lost_connection to b@h',
    ]);
  });

  it('reports nothing while closing', () => {
    stepGlobal(state, { kind: 'closing' });
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeDown', node: 'b@h' })), []);
  });

  const report = {
    kind: 'lostConnection',
    node: 'a@h',
    incarnation: 9,
    operation: 1,
    lostNode: 'b@h',
  } as const;

  it('relays a report once and asks the lost node to leave', () => {
    assert.deepEqual(summary(receive(report)), [
      'tell lost_connection to b@h',
      'tell remove_connection to b@h',
    ]);
    assert.deepEqual(receive(report), []);
    assert.equal(state.known.has('b@h'), false);
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeDown', node: 'b@h' })), []);
  });

  it('asks the reporter to leave when it is the one that was lost', () => {
    assert.deepEqual(summary(receive({ ...report, lostNode: 'us@h' })), [
      'tell lost_connection to b@h',
      'tell remove_connection to a@h',
    ]);
  });

  it('leaves a member that asks for it, without reporting the loss', () => {
    assert.deepEqual(summary(receive({ kind: 'removeConnection', node: 'b@h' })), ['disconnect b@h']);
    assert.deepEqual(summary(stepGlobal(state, { kind: 'nodeDown', node: 'b@h' })), []);
    assert.deepEqual(receive({ kind: 'removeConnection', node: 'stranger@h' }), []);
  });

  it('ends the connection itself where the peer is too old to be asked', () => {
    state.known.set('b@h', 5);
    assert.deepEqual(summary(receive(report)), ['disconnect b@h']);
  });
});
