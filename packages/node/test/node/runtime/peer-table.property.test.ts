import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createPeerTable,
  nextAttempt,
  type PeerEffect,
  type PeerEvent,
  type PeerTable,
  stepPeers,
} from '../../../src/node/runtime/peer-table.ts';

const peer = 'p@h';
const names = [
  'wanted',
  'dialled',
  'dialFailed',
  'nok',
  'authenticated',
  'accepted',
  'expired',
  'closed',
  'disconnect',
];

/** What a net kernel would do with the effects: the dials and connections that exist. */
class World {
  readonly dials: Set<number> = new Set();
  readonly connections: Set<number> = new Set();
  readonly #up: number[] = [];

  get up(): readonly number[] {
    return this.#up;
  }

  apply(effect: PeerEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.dials.add(effect.attempt);
        break;
      case 'abortDial':
        assert.ok(this.dials.delete(effect.attempt), 'only a dial under way is given up');
        break;
      case 'close':
        assert.ok(this.connections.delete(effect.attempt), 'only a connection that exists is closed');
        break;
      case 'up':
        assert.ok(this.connections.has(effect.attempt), 'what is up is a connection');
        this.#up.push(effect.attempt);
        break;
      case 'down':
        assert.ok(this.#up.includes(effect.attempt), 'only what was up goes down');
        this.#up.splice(this.#up.indexOf(effect.attempt), 1);
        break;
      default:
    }
  }
}

/** The event of this name that can happen now; `pick` chooses among attempts, old ones too. */
function eventOf(name: string, table: PeerTable, pick: number): PeerEvent {
  const attempt = table.lastAttempt === 0 ? 1 : 1 + (pick % table.lastAttempt);
  const isSimultaneous = name === 'nok';
  if (name === 'nok' || name === 'dialFailed') return { kind: 'dialFailed', peer, attempt, isSimultaneous };
  if (name === 'dialled') return { kind: name, peer, attempt, isVisible: true };
  if (name === 'accepted') return { kind: name, peer, attempt: nextAttempt(table), isVisible: true };
  return { kind: name, peer, attempt } as PeerEvent;
}

test('whatever happens in whatever order, at most one connection with a peer is up', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (script) => {
      const table = createPeerTable('m@h', 10);
      const world = new World();
      for (const [name, pick] of script) {
        const event = eventOf(name, table, pick);
        if (event.kind === 'dialled' || event.kind === 'dialFailed') {
          // A dial ends once; one that was given up only by failing.
          if (!world.dials.delete(event.attempt)) continue;
          if (event.kind === 'dialled') world.connections.add(event.attempt);
        }
        if (event.kind === 'accepted') world.connections.add(event.attempt);
        if (event.kind === 'closed' && !world.connections.delete(event.attempt)) continue;
        for (const effect of stepPeers(table, event)) world.apply(effect);
        const known = table.peers.get(peer);
        assert.deepEqual(world.up, known?.state === 'up' ? [known.attempt] : []);
        assert.deepEqual([...world.dials], known?.state === 'dialling' ? [known.attempt] : []);
        assert.deepEqual([...world.connections], world.up);
      }
    }),
    { numRuns: 1000 },
  );
});
