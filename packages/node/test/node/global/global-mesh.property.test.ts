import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { SimulatedMesh } from './simulated-mesh.ts';

const allNames = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h'];

/** Which node each further node connects to, and a seed for the order of everything. */
const joining = fc.record({
  size: fc.integer({ min: 2, max: 5 }),
  targets: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  isAtOnce: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
});

function assertWhole(mesh: SimulatedMesh, names: readonly string[]): void {
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    const { state, links } = mesh.node(name);
    assert.deepEqual([...links].sort(), others, `${name} is connected`);
    assert.deepEqual([...state.known.keys()].sort(), others, `${name} knows`);
    assert.deepEqual([...state.synced].sort(), others, `${name} is in sync`);
    assert.equal(state.exchanges.size + state.pending.size, 0, `${name} has nothing left to do`);
    assert.equal(state.locks.isGlobalHeld, false, `${name} is not locked`);
  }
}

async function join(
  mesh: SimulatedMesh,
  names: readonly string[],
  plan: typeof joining extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  for (const [index, name] of names.entries()) {
    const target = names[(plan.targets[index] ?? 0) % Math.max(index, 1)];
    if (index > 0 && target !== undefined) mesh.connect(name, target);
    if (!plan.isAtOnce) await mesh.settle();
  }
  await mesh.settle();
}

describe('a mesh of global name servers', () => {
  it('becomes whole, in whatever order its nodes meet', async () => {
    await fc.assert(
      fc.asyncProperty(joining, async (plan) => {
        const names = allNames.slice(0, plan.size);
        const mesh = new SimulatedMesh(names, plan.seed);
        await join(mesh, names, plan);
        assertWhole(mesh, names);
      }),
      { numRuns: 60 },
    );
  });

  it('agrees on every name, known before or registered while joining', async () => {
    await fc.assert(
      fc.asyncProperty(joining, async (plan) => {
        const names = allNames.slice(0, plan.size);
        const mesh = new SimulatedMesh(names, plan.seed);
        const early = names.map((name) => mesh.node(name).register(`early_${name}`, 100));
        const taken = names.map((name) => mesh.node(name).register('taken', 101));
        await mesh.settle();
        const late = names.map((name) => mesh.node(name).register(`late_${name}`, 102));
        await join(mesh, names, plan);
        for (const done of [...early, ...taken, ...late]) assert.equal(await done, true);
        assertWhole(mesh, names);
        const expected = mesh.node('a@h').names;
        assert.equal(Object.keys(expected).length, 2 * names.length + 1);
        for (const name of names) assert.deepEqual(mesh.node(name).names, expected);
      }),
      { numRuns: 60 },
    );
  });

  it('gives a name to one of two that want it at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const mesh = new SimulatedMesh(allNames, seed);
        for (const name of allNames.slice(1)) mesh.connect('a@h', name);
        await mesh.settle();
        const results = allNames.map((name) => mesh.node(name).register('wanted', 100));
        await mesh.settle();
        assert.equal((await Promise.all(results)).filter(Boolean).length, 1);
        const expected = mesh.node('a@h').names;
        for (const name of allNames) assert.deepEqual(mesh.node(name).names, expected);
      }),
      { numRuns: 30 },
    );
  });

  it('has no two nodes that know only one of each other after a link broke', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const mesh = new SimulatedMesh(allNames, seed);
        for (const name of allNames.slice(1)) mesh.connect('a@h', name);
        await mesh.settle();
        mesh.disconnect('b@h', 'c@h');
        await mesh.settle();
        for (const name of allNames) {
          const { state, links } = mesh.node(name);
          assert.deepEqual([...state.known.keys()].sort(), [...links].sort());
          for (const other of links)
            assert.deepEqual([...mesh.node(other).links, other].sort(), [...links, name].sort());
        }
      }),
      { numRuns: 30 },
    );
  });
});
