import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { KeyInput } from '../../src/session/key-input.ts';

describe('keys of a session', () => {
  it('have the Escape key once nothing follows it', async () => {
    const typed = new EventEmitter();
    const input = new KeyInput((keys) => typed.emit('keys', keys));
    // Keeps the process alive: the timer of the input does not.
    const alive = setInterval(() => undefined, 1000);
    input.take('\u001b');
    const [keys] = await once(typed, 'keys');
    clearInterval(alive);
    assert.deepEqual(keys, [{ kind: 'key', name: 'escape' }]);
  });

  it('put a sequence together that arrives in parts', () => {
    const keys: unknown[] = [];
    const input = new KeyInput((more) => keys.push(...more));
    for (const part of ['\u001b', '[', 'A']) input.take(part);
    input.close();
    assert.deepEqual(keys, [{ kind: 'key', name: 'up' }]);
  });
});
