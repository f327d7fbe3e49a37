import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testResolver } from '../../../../../test/conformance/resolver.ts';
import { EpmdClient, startEpmdServer } from '../../../src/epmd/index.ts';
import { createChainResolver } from '../../../src/net/resolvers/chain-resolver.ts';
import { createEpmdResolver } from '../../../src/net/resolvers/epmd-resolver.ts';
import { createNameEncodedResolver } from '../../../src/net/resolvers/name-encoded-resolver.ts';
import { createStaticPortResolver } from '../../../src/net/resolvers/static-port-resolver.ts';
import { createStaticResolver } from '../../../src/net/resolvers/static-resolver.ts';

testResolver(
  async () => {
    const server = await startEpmdServer({ host: '127.0.0.1', port: 0 });
    const held = await new EpmdClient({ port: server.port }).register({ name: 'app', port: 9100 });
    return {
      resolver: createChainResolver([
        createNameEncodedResolver(),
        createStaticResolver({ 'fixed@127.0.0.1': { host: '127.0.0.1', port: 9101 } }),
        createEpmdResolver({ port: server.port }),
      ]),
      known: { name: 'app', host: '127.0.0.1', port: 9100 },
      listens: { node: 'remote_9102@127.0.0.1', port: 9102 },
      async [Symbol.asyncDispose]() {
        held.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  { title: 'chain', publishes: true },
);

const rows = (port: number) => createStaticResolver({ 'app@h': { host: '10.0.0.1', port } });

test('the first that knows a name answers, and names are those of all', async () => {
  const more = createStaticResolver({
    'app@h': { host: '10.0.0.2', port: 2 },
    'more@h': { host: '10.0.0.2', port: 3 },
  });
  const chain = createChainResolver([createNameEncodedResolver(), rows(1), more]);
  assert.equal((await chain.resolve('app@h', {}))?.port, 1);
  assert.equal((await chain.resolve('more@h', {}))?.port, 3);
  assert.equal((await chain.resolve('remote_4@h', {}))?.port, 4);
  assert.equal(await chain.resolve('remote_x@h', {}), undefined);
  assert.deepEqual(await chain.names('h', {}), [
    { name: 'app', port: 1 },
    { name: 'more', port: 3 },
  ]);
});

test('a malformed port in a name falls through to EPMD', async () => {
  await using server = await startEpmdServer({ host: '127.0.0.1', port: 0 });
  const chain = createChainResolver([createNameEncodedResolver(), createEpmdResolver({ port: server.port })]);
  const request = { name: 'remote_0', host: '127.0.0.1', port: 9103, hidden: false };
  const registration = await chain.register(request, {});
  assert.equal((await chain.resolve('remote_0@127.0.0.1', {}))?.port, 9103);
  await registration.close();
});

test('a failed lookup does not ask the next', async () => {
  const chain = createChainResolver([createEpmdResolver({ port: 1 }), rows(1)]);
  await assert.rejects(chain.resolve('app@127.0.0.1', {}), { code: 'EPMD_UNREACHABLE' });
  await assert.rejects(chain.names('127.0.0.1', {}), { code: 'EPMD_UNREACHABLE' });
});

test('who registers can be said, and the first prescribes the port', async () => {
  await using server = await startEpmdServer({ host: '127.0.0.1', port: 0 });
  const epmd = createEpmdResolver({ port: server.port });
  const fixed = [createStaticPortResolver({ port: 9104 }), createStaticPortResolver({ port: 9105 })];
  const chain = createChainResolver([epmd, ...fixed], { registrar: epmd });
  assert.equal(chain.listenPort?.('a@127.0.0.1'), 9104);
  const request = { name: 'a', host: '127.0.0.1', port: 9104, hidden: false };
  const registration = await chain.register(request, {});
  assert.deepEqual(server.names(), [{ name: 'a', port: 9104 }]);
  await registration.close();
  assert.throws(() => createChainResolver([]), { code: 'NODE_BAD_RESOLVER' });
});
