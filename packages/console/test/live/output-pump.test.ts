import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputPump } from '../../src/live/output-pump.ts';

test('sends while there is room, and one resync per key once the socket has drained', async () => {
  const socket = { bufferedAmount: 0 };
  const pump = new OutputPump(socket);
  assert.ok(pump.canSend('shell'));
  socket.bufferedAmount = 2_000_000;
  assert.equal(pump.canSend('shell'), false);
  const seen: string[] = [];
  const drained = new Promise<void>((resolve) => {
    pump.whenDrained('shell', () => seen.push('first'));
    pump.whenDrained('shell', () => seen.push('second'));
    pump.whenDrained('logs', () => {
      seen.push('logs');
      resolve();
    });
  });
  socket.bufferedAmount = 500_000;
  assert.equal(pump.canSend('shell'), false, 'what waits for a resync stays behind it');
  assert.ok(pump.canSend('other'));
  socket.bufferedAmount = 0;
  await drained;
  assert.deepEqual(seen, ['second', 'logs']);
  assert.ok(pump.canSend('shell'));
  pump.close();
});

test('forgets what is not wanted any more', () => {
  const pump = new OutputPump({ bufferedAmount: 2_000_000 });
  pump.whenDrained('shell', () => assert.fail('must not run'));
  pump.forget('shell');
  pump.close();
});
