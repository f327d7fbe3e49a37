/** `convoy node --discover`: by flags, by the environment and by a configuration file, for itself and for stock nodes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readTopologies } from '../../../packages/cli/src/running/node-discovery.ts';
import { withSettings } from '../../../packages/cli/src/options/config.ts';
import { discoverySettings, type DiscoveryFlags } from '../../../packages/cli/src/running/node-discovery.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { startDnsServer } from '../../support/network/dns-server.ts';
import { freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

const cookie = 'found';
const env = { CONVOY_COOKIE: cookie };

describe('convoy node --discover', () => {
  test('nodes find each other by DNS and wait for each other', async () => {
    const port = String(await freePort());
    await using dns = await startDnsServer({ 'mesh.test': ['127.0.0.2', '127.0.0.3'] });
    const options = `query=mesh.test,basename=app,server=${dns.address},interval=200`;
    const start = (address: string, more: NodeJS.ProcessEnv, ...words: string[]): ConvoyProcess =>
      new ConvoyProcess(['node', '--name', `app@${address}`, '--dist-port', port, ...words], {
        env: { ...env, ...more },
        keepsInput: true,
      });
    await using first = start('127.0.0.2', { CONVOY_DISCOVER: `dns:${options}` }, '--await-peers', '1');
    await first.waitFor(/cannot connect to app@127\.0\.0\.3, retrying in .*: /);
    assert.doesNotMatch(first.stdout, /is up/);
    await using second = start(
      '127.0.0.3',
      {},
      '--discover',
      `dns:${options}`,
      'static:nodes=gone@127.0.0.9',
    );
    await second.waitFor(/dns found app@127\.0\.0\.2/);
    await first.waitFor(/app@127\.0\.0\.2 is up/);
    dns.zone.set('mesh.test', 'SERVFAIL');
    await second.waitFor(/discovery by dns failed: .*SERVFAIL/);
    assert.doesNotMatch(second.stderr, /is gone/);
  });

  test('fails with the reasons when too few peers connect in time', async () => {
    const port = String(await freePort());
    const words = ['--discover', 'static:nodes=gone@127.0.0.9', '--await-peers', '1', '--await-timeout', '1'];
    const { code, stderr } = await runConvoy(
      ['node', '--name', 'app@127.0.0.2', '--dist-port', port, ...words],
      { env },
    );
    assert.equal(code, 1);
    assert.match(
      stderr,
      /0 of 1 peers were connected within 1000 ms \(gone@127\.0\.0\.9: .*\[DISCOVERY_NOT_READY\]/,
    );
  });

  test('connects a stock node on its behalf', { skip: missingPeer('25') }, async () => {
    const distPort = await freePort();
    const startErl = async (name: string, address: string) =>
      startErlangNode({
        name: `${name}@${address}`,
        cookie,
        epmdPort: await freePort(),
        args: [
          '-erl_epmd_port',
          String(distPort),
          '-kernel',
          'inet_dist_use_interface',
          `{127,0,0,${address.at(-1)}}`,
        ],
      });
    await using shop = await startErl('shop', '127.0.0.4');
    await using stock = await startErl('stock', '127.0.0.5');
    const words = ['--hidden', '--dist-port', String(distPort), '--discover-for', shop.name];
    await using helper = new ConvoyProcess(
      ['node', '--name', 'helper@127.0.0.6', ...words, '--discover', `static:nodes=${stock.name}`],
      { env, keepsInput: true },
    );
    await helper.waitFor(/static found stock@127\.0\.0\.5/);
    await eventually(
      'shop to see stock',
      30_000,
      async () => (await shop.eval('nodes().')) === `['${stock.name}']`,
    );
  });
});

describe('options of convoy node --discover', () => {
  test('a configuration file may describe topologies as objects', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-config-'));
    try {
      const discover = [
        { strategy: 'static', nodes: ['a@h', 'b@h'], prune: 'never', exclude: ['b@*'] },
        'static:nodes=c@h',
      ];
      writeFileSync(join(folder, 'convoy.config.json'), JSON.stringify({ discover }));
      const flags: DiscoveryFlags = await withSettings({}, discoverySettings, { env: {}, folder });
      const topologies = await readTopologies(flags);
      assert.deepEqual(Object.keys(topologies), ['static', 'static-2']);
      assert.equal(topologies['static']?.prune, 'never');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const [text, pattern] of [
    ['dsn:query=a', /unknown discovery strategy "dsn"/],
    ['dns:query', /"query" is not a key=value pair/],
    ['dns:qeury=a', /query is empty/],
    ['dns:query=a.test,intervall=5', /unknown option "intervall"/],
    ['dns:query=a.test,interval=soon', /interval is "soon", which is not an integer/],
    ['dns:query=a.test,types=mx', /types is "mx", which is not one of a, aaaa/],
    ['static:nodes=a@h,prune=always', /prune is "always", which is not one of down, never, missing/],
    ['static:nodes=a@h,tag=version=2', /the filter uses the tag "version"/],
    ['gossip:secret=x', /unknown option "secret"/],
    ['railway:project=x', /neither RAILWAY_TOKEN nor RAILWAY_API_TOKEN is set/],
  ] as const) {
    test(`refuses ${text}`, async () => {
      const { code, stderr } = await runConvoy(['node', '--name', 'a@127.0.0.2', '--discover', text], {
        env,
      });
      assert.equal(code, 1);
      assert.match(stderr, pattern);
      assert.match(stderr, /\[DISCOVERY_BAD_OPTION\]/);
    });
  }

  test('refuses --await-peers and --discover-for without --discover', async () => {
    const { code, stderr } = await runConvoy(['node', '--name', 'a@127.0.0.2', '--await-peers', '1'], {
      env,
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /--await-peers has no effect without --discover/);
  });
});
