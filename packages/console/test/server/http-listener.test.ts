import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeServer, listen } from '../../src/server/http-listener.ts';

test('an address that no link can hold is refused before anything listens', async () => {
  for (const host of ['', ' ', '::1%lo', '[::1]', '127.0.0.1/8', 'a b']) {
    await assert.rejects(listen(host, 0), { code: 'CONSOLE_BAD_OPTION' }, JSON.stringify(host));
  }
  for (const host of ['localhost', '::1', '0.0.0.0']) await closeServer((await listen(host, 0)).server);
});

test('the port stays open when an accept fails', async () => {
  const { server, port } = await listen('127.0.0.1', 0);
  server.on('request', (_request, response) => response.end('here'));
  // As Node reports it when the system has no descriptor left.
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'here');
  await closeServer(server);
});
