import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { OncePerTurn } from '../../src/session/once-per-turn.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function fixture() {
  const applied: string[] = [];
  const faults: unknown[] = [];
  const once = new OncePerTurn<string>(
    (value) => {
      if (value === 'fault') throw new Error(value);
      applied.push(value);
    },
    (earlier, later) => `${earlier}+${later}`,
    (error) => faults.push(error),
  );
  return { applied, once, faults };
}

describe('once per turn', () => {
  attack('Node output', 'a thousand input requests in one packet draw the prompt only twice', async () => {
    const { applied, once } = fixture();
    for (let index = 0; index < 1000; index += 1) once.set('x');
    assert.deepEqual(applied, ['x']);
    await turn();
    assert.deepEqual([applied.length, applied[1]?.length], [2, 2 * 999 - 1]);
    await turn();
    once.set('y');
    assert.equal(applied.at(-1), 'y');
  });

  it('tells of a fault in a later turn', async () => {
    const { once, faults } = fixture();
    once.set('a');
    once.set('fault');
    await turn();
    assert.equal(faults.length, 1);
  });

  it('applies what waits when somebody depends on it', () => {
    const { applied, once } = fixture();
    once.set('a');
    once.set('b');
    once.flush();
    once.flush();
    assert.deepEqual(applied, ['a', 'b']);
  });
});
