import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testResolver } from '../../../../../test/conformance/resolver.ts';
import { createNameEncodedResolver } from '../../../src/net/resolvers/name-encoded-resolver.ts';

testResolver(
  async () => ({
    resolver: createNameEncodedResolver(),
    known: { name: 'remote_9100', host: 'machine1.vm.app.internal', port: 9100 },
    listens: { node: 'remote_runtime_44444@10.0.0.7', port: 44_444 },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
  {
    title: 'name-encoded',
    publishes: 'names say where they are',
    lists: 'every name is possible',
    unknown: { node: 'app_9100@127.0.0.1' },
  },
);

const at = async (peer: string, options = {}): Promise<string | undefined> => {
  const found = await createNameEncodedResolver(options).resolve(peer, {});
  return found === undefined ? undefined : `${found.host} ${found.port} ${found.version}`;
};

describe('a port in a name', () => {
  test('is at loopback of the family, whatever the host part says', async () => {
    assert.equal(await at('remote_9100@far.example'), '127.0.0.1 9100 6');
    assert.equal(await at('remote_runtime_9100@far.example', { family: 6 }), '::1 9100 6');
    assert.equal(await at('remote_1@h'), '127.0.0.1 1 6');
    assert.equal(await at('remote_65535@h'), '127.0.0.1 65535 6');
  });

  const malformed = [
    '',
    'x',
    '0',
    '65536',
    '99999',
    '999999',
    '080',
    '+80',
    '-80',
    ' 80',
    '80 ',
    '8e1',
    '80x',
  ];
  malformed.push('0x50', '80.0', 'runtime', 'x_80', '٨٠', '80_');

  for (const suffix of malformed) {
    test(`is not "${suffix}"`, async () => {
      assert.equal(await at(`remote_${suffix}@h`), undefined);
      assert.equal(createNameEncodedResolver().listenPort?.(`remote_${suffix}@h`), undefined);
    });
  }

  test('stands after a prefix of ours only, and at the start', async () => {
    const options = { prefixes: ['t-', 't-u-'] };
    assert.equal(await at('t-80@h', options), '127.0.0.1 80 6');
    assert.equal(await at('t-u-80@h', options), '127.0.0.1 80 6');
    assert.equal(await at('remote_80@h', options), undefined);
    assert.equal(await at('xt-80@h', options), undefined);
    assert.equal(await at('app@t-80', options), undefined);
  });

  test('needs a prefix', () => {
    for (const prefixes of [[], [''], ['a', '']]) {
      assert.throws(() => createNameEncodedResolver({ prefixes }), { code: 'NODE_BAD_RESOLVER' });
    }
  });
});
