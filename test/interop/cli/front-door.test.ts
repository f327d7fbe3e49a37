/** The options of `convoy up` for access from elsewhere, and its warning when anyone can reach it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeFolder } from '../../../packages/cli/test/temporary-folder.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { freePort } from '../../support/free-port.ts';
import { askHttp, ConsoleClient } from '../../support/console/live-client.ts';

describe('convoy up', () => {
  for (const host of ['0.0.0.0', '::']) {
    test(`warns once on standard error when it listens on ${host}`, async () => {
      using home = makeFolder();
      const env = { HOME: home.path, ERL_EPMD_PORT: String(await freePort()) };
      await using up = new ConvoyProcess(['up', '--port', '0', '--host', host, '--json'], { env });
      const [link] = await up.waitFor(/http:[^"]+/, 50_000);
      assert.equal(up.stderr.match(/warning/g)?.length, 1);
      assert.match(up.stderr, /without TLS/);
      assert.equal((await new ConsoleClient(link).ask('/api/nodes')).status, 200);
    });
  }

  test('reads names, proxies and a base path from the environment, and commands reach the console there', async () => {
    using home = makeFolder();
    const env = {
      HOME: home.path,
      ERL_EPMD_PORT: String(await freePort()),
      CONVOY_ALLOWED_HOST: 'console.example.com, https://other.example',
      CONVOY_TRUSTED_PROXY: '127.0.0.1 ::1',
      CONVOY_BASE_PATH: '/convoy',
    };
    await using up = new ConvoyProcess(['up', '--port', '0'], { env });
    const [link] = await up.waitFor(/http:\S+\/convoy\/\?token=\S+/, 50_000);
    assert.doesNotMatch(up.stderr, /warning/);
    const { base } = new ConsoleClient(link);
    for (const host of ['console.example.com:8443', 'other.example']) {
      const headers = { host, 'x-forwarded-proto': 'https' };
      assert.equal((await askHttp(`${base}/api/health`, { headers })).status, 200, host);
    }
    assert.match((await runConvoy(['list'], { env })).stdout, /No nodes/);
  });

  test('refuses an invalid name, proxy or path with the exit code for wrong usage', async () => {
    using home = makeFolder();
    for (const [option, value] of [
      ['--allowed-host', '*.example.com'],
      ['--trusted-proxy', 'my-proxy'],
      ['--base-path', '/a b'],
    ] as const) {
      const { code, stderr } = await runConvoy(['up', option, value], { env: { HOME: home.path } });
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(`"${value}"`) && stderr.includes(option), stderr);
    }
  });
});
