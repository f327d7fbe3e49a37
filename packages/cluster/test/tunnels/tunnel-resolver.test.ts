/** Routes without a tunnel: nodes at a known port on the host in their name. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTunnelResolver } from '../../src/tunnels/tunnel-resolver.ts';

test('a route without a tunnel leads to its port on the host in the name, until it is deleted', async () => {
  const routes = createTunnelResolver();
  routes.add('web@web.railway.internal', { port: 9100 });
  assert.deepEqual(await routes.resolve('web@web.railway.internal', {}), {
    host: 'web.railway.internal',
    port: 9100,
  });
  assert.equal(await routes.resolve('api@web.railway.internal', {}), undefined);
  assert.deepEqual(await routes.names?.('web.railway.internal', {}), [{ name: 'web', port: 9100 }]);
  assert.ok(routes.delete('web@web.railway.internal'));
  assert.equal(await routes.resolve('web@web.railway.internal', {}), undefined);
});
