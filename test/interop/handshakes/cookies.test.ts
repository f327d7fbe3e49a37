/** Cookies that are not plain ASCII, and cookies of single peers, with real Erlang nodes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'plain-cookie';

for (const release of testedReleases()) {
  describe(`cookies with OTP ${release}`, { skip: missingPeer(release) }, () => {
    for (const [what, ours, theirs] of [
      ['Latin-1 text', 'Grün ÿ', [...Buffer.from('Grün ÿ', 'latin1')]],
      ['any bytes', Uint8Array.of(0, 255, 128, 10, 39, 92), [0, 255, 128, 10, 39, 92]],
    ] as const) {
      it(`${what}, in both directions`, async () => {
        await using cluster = await ErlangCluster.start({ cookie, release });
        const erl = await cluster.erlang('erl');
        await erl.eval(`erlang:set_cookie(node(), list_to_atom([${theirs.join(', ')}])).`);
        const node = await cluster.own('ts', { cookie: ours });
        await node.connect(erl.name);
        assert.equal(await erl.eval(`erlang:disconnect_node('${node.name}').`), 'true');
        assert.equal(await erl.eval(`net_kernel:connect_node('${node.name}').`), 'true');
      });
    }

    it('bytes for one peer', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const erl = await cluster.erlang('erl');
      await erl.eval("erlang:set_cookie('ts@127.0.0.1', list_to_atom([7, 200])).");
      const node = await cluster.own('ts');
      await assert.rejects(node.connect(erl.name), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
      node.setCookie(erl.name, Uint8Array.of(7, 200));
      await node.connect(erl.name);
    });

    it('convoy node has a cookie for one peer, by a file or by -setcookie', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const [one, two, three] = [
        await cluster.erlang('one', { cookie: 'cookie-of-one' }),
        await cluster.erlang('two', { cookie: 'cookie-of-two' }),
        await cluster.erlang('three'),
      ];
      const folder = mkdtempSync(join(tmpdir(), 'convoy-peer-cookies-'));
      try {
        const [own, peers] = [join(folder, 'own'), join(folder, 'peers')];
        writeFileSync(own, cookie, { mode: 0o600 });
        writeFileSync(peers, `# one\n${one.name} cookie-of-one\n`, { mode: 0o600 });
        const env = {
          ERL_EPMD_PORT: String(cluster.epmdPort),
          ERL_AFLAGS: `-setcookie ${two.name} cookie-of-two`,
        };
        const names = [one, two, three].map(({ name }) => name);
        await using convoy = new ConvoyProcess(
          [
            'node',
            '--name',
            'ts@127.0.0.1',
            '--cookie-file',
            own,
            '--peer-cookie-file',
            peers,
            '--epmd',
            'system',
            '--hidden',
            '--join',
            ...names,
          ],
          { env, keepsInput: true },
        );
        for (const name of names)
          await convoy.waitFor(new RegExp(`${name.replaceAll('.', '\\.')}.*(up|connected)`));
        for (const peer of [one, two, three])
          assert.equal(await peer.eval("lists:member('ts@127.0.0.1', nodes(hidden))."), 'true');
        assert.ok(!`${convoy.stdout}${convoy.stderr}`.includes('cookie-of-'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}
