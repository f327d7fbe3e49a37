import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeServer, listen } from '../../src/server/http-listener.ts';

test('the port stays open when an accept fails', async () => {
  const { server, port } = await listen('127.0.0.1', 0);
  server.on('request', (_request, response) => response.end('here'));
  // As Node reports it when the system has no descriptor left.
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'here');
  await closeServer(server);
});
