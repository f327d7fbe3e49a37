/**
 * The console behind nginx and Caddy, configured as in the guide, in a real browser: TLS, a base path, a node and its shell.
 * Also the headers that clients of the proxy forge in vain.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { attack } from '../support/attack.ts';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { type Certificate, TestAuthority } from '../support/certificates.ts';
import { launchNode } from '../support/console/console-api.ts';
import { picture, Terminal } from '../support/console/console-page.ts';
import { type ConsoleProcess, startConsoleProcess } from '../support/console/console-process.ts';
import {
  guideHost,
  type ReverseProxy,
  startReverseProxy,
  withoutProxy,
} from '../support/console/reverse-proxy.ts';

const options = ['--trusted-proxy', '127.0.0.1', '--allowed-host', guideHost, '--base-path', '/convoy'];
let authority: TestAuthority;
let certificate: Certificate;

before(async () => {
  authority = await TestAuthority.create();
  certificate = await authority.issue({ hosts: [guideHost] });
});
after(() => authority[Symbol.asyncDispose]());

interface Ask {
  readonly headers?: Record<string, string>;
  readonly token?: string;
  /** The source address. Default 127.0.0.2, which is not the address of the proxy. */
  readonly from?: string;
}

/** A request through the proxy with any headers, as a program sends it. */
async function ask(proxy: ReverseProxy, path: string, { headers, token, from }: Ask = {}): Promise<number> {
  const body = token === undefined ? undefined : JSON.stringify({ token });
  const sent = request({
    host: '127.0.0.1',
    port: proxy.port,
    localAddress: from ?? '127.0.0.2',
    servername: guideHost,
    ca: authority.ca,
    method: body === undefined ? 'GET' : 'POST',
    path,
    headers: { host: `${guideHost}:${proxy.port}`, 'content-type': 'application/json', ...headers },
    agent: false,
  });
  sent.end(body);
  const [answer] = (await Promise.race([once(sent, 'response'), once(sent, 'upgrade')])) as [IncomingMessage];
  if (answer.statusCode === 101) {
    sent.destroy();
    return 101;
  }
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode ?? 0;
}

function refusedAddresses(convoy: ConsoleProcess): string[] {
  const lines = readFileSync(join(convoy.dataDir, 'audit.jsonl'), 'utf8').trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { event: string; address: string });
  return [...new Set(entries.filter(({ event }) => event === 'login.refused').map(({ address }) => address))];
}

async function visit(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  return page;
}

for (const kind of ['nginx', 'caddy'] as const) {
  const skip = withoutBrowser || withoutProxy(kind);
  describe(`the console behind ${kind}`, { skip }, () => {
    let convoy: ConsoleProcess;
    let proxy: ReverseProxy;
    let origin: string;

    before(async () => {
      convoy = await startConsoleProcess({ args: options });
      proxy = await startReverseProxy(kind, { consolePort: Number(new URL(convoy.url).port), certificate });
      // With a port, because of $http_host in the guide.
      origin = `https://${guideHost}:${proxy.port}`;
    });
    after(async () => {
      await proxy[Symbol.asyncDispose]();
      await convoy[Symbol.asyncDispose]();
    });

    test('a browser logs in below the base path, and a shell works', async () => {
      const browser = await startBrowser([`--host-resolver-rules=MAP ${guideHost} 127.0.0.1`]);
      try {
        const page = await visit(browser);
        // Without the trailing slash: both proxies redirect.
        await page.goto(`${origin}/convoy`);
        await page.getByTestId('login-token').fill(convoy.url);
        assert.equal(page.url(), `${origin}/convoy/`);
        await page.keyboard.press('Enter');
        await page.getByTestId('socket-state').getByText('Live').waitFor();
        const node = await launchNode(convoy, 'typescript');
        const shell = await Terminal.open(page, node, /ts\(.*\)1>/);
        await shell.enter('6 * 7');
        await shell.waitFor(/^42$/m);
        await picture(page, `proxy-${kind}`);
        const [cookie] = await page.context().cookies();
        assert.deepEqual([cookie?.secure, cookie?.httpOnly, cookie?.path], [true, true, '/convoy/']);

        const { searchParams } = new URL(convoy.url);
        const second = await (await visit(browser)).context().newPage();
        await second.goto(`${origin}/convoy/`);
        await second.getByTestId('login-token').waitFor();
        // The page is open already: only its fragment changes.
        await second.goto(`${origin}/convoy/#token=${encodeURIComponent(searchParams.get('token') ?? '')}`);
        await second.getByTestId('socket-state').getByText('Live').waitFor();
        assert.doesNotMatch(second.url(), /token/);
      } finally {
        await browser.close();
      }
    });

    attack(
      'Proxies',
      'what a client forges through the proxy changes neither its address nor its origin',
      async () => {
        const evil = 'https://evil.example';
        const forged = {
          'x-forwarded-for': '203.0.113.1, 127.0.0.1',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'evil.example',
          'x-real-ip': '203.0.113.2',
          forwarded: 'for=203.0.113.3;host=evil.example;proto=http',
        };
        const guess = (headers: Record<string, string>, from?: string): Promise<number> =>
          ask(proxy, '/convoy/api/session', {
            headers: { ...forged, ...headers },
            token: 'guess-guess-guess',
            ...(from === undefined ? {} : { from }),
          });
        assert.equal(await guess({ origin: evil }), 403);
        assert.equal(await guess({ origin: origin.replace('https', 'http') }), 403);
        let status = 0;
        for (let count = 0; count < 12; count += 1) status = await guess({ origin });
        assert.equal(status, 429, 'the client is slowed down');
        assert.deepEqual(refusedAddresses(convoy), ['127.0.0.2']);
        assert.equal(await guess({ origin }, '127.0.0.3'), 401, 'another client is not');
      },
    );

    attack('Proxies', 'a socket through the proxy opens for the console’s own page only', async () => {
      const upgrade = {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const open = (headers: Record<string, string>): Promise<number> =>
        ask(proxy, '/convoy/api/live', { headers: { ...upgrade, ...headers } });
      assert.equal(await open({ origin }), 101);
      for (const wrong of [origin.replace('https', 'http'), 'https://evil.example', 'null']) {
        assert.equal(await open({ origin: wrong }), 403, wrong);
      }
      assert.equal(await open({}), 403);
    });
  });
}
