import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPeerTable,
  decideIncoming,
  nextAttempt,
  type PeerEffect,
  type PeerTable,
  stepPeers,
} from '../../../src/node/runtime/peer-table.ts';

const me = 'm@h';
const kinds = (effects: readonly PeerEffect[]): string[] => effects.map((effect) => effect.kind);

function dial(table: PeerTable, peer: string): number {
  const [effect] = stepPeers(table, { kind: 'wanted', peer });
  assert.equal(effect?.kind, 'dial');
  return effect?.kind === 'dial' ? effect.attempt : 0;
}

function connect(table: PeerTable, peer: string): number {
  const attempt = dial(table, peer);
  assert.deepEqual(kinds(stepPeers(table, { kind: 'dialled', peer, attempt, isVisible: true })), ['up']);
  return attempt;
}

test('dials a wanted peer once, and it is up when the dial succeeds', () => {
  const table = createPeerTable(me, 10);
  const attempt = connect(table, 'a@h');
  assert.deepEqual(stepPeers(table, { kind: 'wanted', peer: 'a@h' }), []);
  const [down] = stepPeers(table, { kind: 'closed', peer: 'a@h', attempt });
  assert.deepEqual(down, { kind: 'down', peer: 'a@h', attempt, why: 'closed' });
  assert.equal(table.peers.size, 0);
});

test('tells those who wait when a dial fails', () => {
  const table = createPeerTable(me, 10);
  const attempt = dial(table, 'a@h');
  const failed = { kind: 'dialFailed', peer: 'a@h', attempt, isSimultaneous: false } as const;
  assert.deepEqual(kinds(stepPeers(table, failed)), ['unreachable']);
  assert.deepEqual(stepPeers(table, failed), [], 'what is said of an old attempt has no effect');
});

test('of two attempts with one peer, that of the greater name survives', () => {
  const table = createPeerTable(me, 10);
  dial(table, 'z@h');
  dial(table, 'a@h');
  assert.equal(decideIncoming(table, 'z@h'), 'ok_simultaneous');
  assert.equal(decideIncoming(table, 'a@h'), 'nok');
});

test('gives its own dial up only when the other attempt has proven the cookie', () => {
  const table = createPeerTable(me, 10);
  const attempt = dial(table, 'z@h');
  decideIncoming(table, 'z@h');
  assert.equal(table.peers.get('z@h')?.attempt, attempt);
  assert.deepEqual(kinds(stepPeers(table, { kind: 'authenticated', peer: 'z@h' })), ['abortDial', 'await']);
  const accepted = nextAttempt(table);
  assert.deepEqual(
    kinds(stepPeers(table, { kind: 'accepted', peer: 'z@h', attempt: accepted, isVisible: true })),
    ['up'],
  );
  assert.deepEqual(stepPeers(table, { kind: 'dialFailed', peer: 'z@h', attempt, isSimultaneous: false }), []);
});

test('waits, up to a deadline, for the other attempt when its own is refused for it', () => {
  const table = createPeerTable(me, 10);
  const attempt = dial(table, 'z@h');
  const refused = { kind: 'dialFailed', peer: 'z@h', attempt, isSimultaneous: true } as const;
  assert.deepEqual(kinds(stepPeers(table, refused)), ['await']);
  assert.equal(decideIncoming(table, 'z@h'), 'ok');
  assert.deepEqual(kinds(stepPeers(table, { kind: 'expired', peer: 'z@h', attempt })), ['unreachable']);
});

test('replaces a connection only when the newer one is authenticated', () => {
  const table = createPeerTable(me, 10);
  const old = connect(table, 'a@h');
  assert.equal(decideIncoming(table, 'a@h'), 'alive');
  assert.equal(table.peers.get('a@h')?.state, 'up');
  const effects = stepPeers(table, { kind: 'authenticated', peer: 'a@h' });
  assert.deepEqual(effects.slice(0, 2), [
    { kind: 'close', peer: 'a@h', attempt: old },
    { kind: 'down', peer: 'a@h', attempt: old, why: 'replaced' },
  ]);
  const attempt = nextAttempt(table);
  assert.deepEqual(kinds(stepPeers(table, { kind: 'accepted', peer: 'a@h', attempt, isVisible: true })), [
    'up',
  ]);
  assert.deepEqual(stepPeers(table, { kind: 'closed', peer: 'a@h', attempt: old }), []);
});

test('closes a dial that comes through after it was given up', () => {
  const table = createPeerTable(me, 10);
  const attempt = dial(table, 'a@h');
  assert.deepEqual(kinds(stepPeers(table, { kind: 'disconnect', peer: 'a@h' })), [
    'abortDial',
    'unreachable',
  ]);
  assert.deepEqual(kinds(stepPeers(table, { kind: 'dialled', peer: 'a@h', attempt, isVisible: true })), [
    'close',
  ]);
});

test('disconnecting what is up says so, and of a stranger nothing', () => {
  const table = createPeerTable(me, 10);
  const attempt = connect(table, 'a@h');
  const effects = stepPeers(table, { kind: 'disconnect', peer: 'a@h' });
  assert.deepEqual(effects.at(-1), { kind: 'down', peer: 'a@h', attempt, why: 'disconnect' });
  assert.deepEqual(stepPeers(table, { kind: 'disconnect', peer: 'a@h' }), []);
});

test('has no more peers than the limit', () => {
  const table = createPeerTable(me, 1);
  connect(table, 'a@h');
  assert.deepEqual(kinds(stepPeers(table, { kind: 'wanted', peer: 'b@h' })), ['tooMany']);
  assert.equal(decideIncoming(table, 'b@h'), 'not_allowed');
});
