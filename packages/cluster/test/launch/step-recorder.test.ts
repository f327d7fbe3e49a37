import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaunchStep } from '../../src/launch/provider.ts';
import { StepRecorder } from '../../src/launch/step-recorder.ts';

function recorder(seen: LaunchStep[]): StepRecorder {
  let time = 0;
  return new StepRecorder(
    [{ name: 'start', label: 'Start it' }],
    (step) => seen.push(step),
    () => (time += 10),
  );
}

test('reports when a step starts and when it is done', async () => {
  const seen: LaunchStep[] = [];
  const result = await recorder(seen).run('start', async () => ({ result: 7, detail: 'process 7' }));
  assert.equal(result, 7);
  assert.deepEqual(seen, [
    { name: 'start', label: 'Start it', startedAt: 10, state: 'running' },
    { name: 'start', label: 'Start it', startedAt: 10, state: 'done', endedAt: 20, detail: 'process 7' },
  ]);
});

test('reports why a step failed, and rethrows the error', async () => {
  const seen: LaunchStep[] = [];
  await assert.rejects(
    recorder(seen).run('start', () => Promise.reject(new Error('no room'))),
    /no room/,
  );
  assert.equal(seen.at(-1)?.state, 'failed');
  assert.equal(seen.at(-1)?.detail, 'no room');
});
