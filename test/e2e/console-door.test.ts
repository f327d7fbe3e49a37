/**
 * Reaching the console with a real browser: through a tunnel with another local port, under an unknown host name, and across
 * a restart that must not end the session.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { Browser, Page } from 'playwright-core';
import { startEpmdServer, type EpmdServer } from '@convoy/node/epmd';
import { type RunningConsole, startConsole } from '@convoy/console';
import { attack } from '../support/attack.ts';
import { assertAccessible } from '../support/console/axe.ts';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { type Certificate, TestAuthority } from '../support/certificates.ts';
import { picture } from '../support/console/console-page.ts';
import { freePort } from '../support/free-port.ts';

const token = 'a+token&of=special#characters%20/?';
const foreignName = 'db1.internal';

interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

async function listen(
  onConnection: (socket: Socket) => void,
  certificate?: Certificate,
): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    onConnection(socket);
  };
  const server = certificate === undefined ? createServer(accept) : createTlsServer(certificate, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Forwards connections to the console, as `ssh -L` does; with a certificate, like a proxy that does not report TLS. */
function startForward(port: number, certificate?: Certificate): Promise<LocalServer> {
  return listen((near) => {
    const far = connect({ host: '127.0.0.1', port });
    near.once('close', () => far.destroy()).pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  }, certificate);
}

function startEvilServer(): Promise<LocalServer> {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n';
  return listen((socket) => void socket.once('data', () => socket.end(`${head}<body>evil</body>`)));
}

async function isLive(page: Page): Promise<void> {
  await page.getByTestId('socket-state').getByText('Live').waitFor();
}

describe('ways to the console', { skip: withoutBrowser }, () => {
  let browser: Browser;
  let epmd: EpmdServer;
  let dataDir: string;
  let port: number;
  let running: RunningConsole;

  const start = async (): Promise<void> => {
    running = await startConsole({ port, dataDir, epmdPort: epmd.port, convoyCommand: ['false'] });
  };

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'convoy-door-'));
    writeFileSync(join(dataDir, 'token'), token);
    epmd = await startEpmdServer({ port: 0 });
    port = await freePort();
    await start();
    browser = await startBrowser([`--host-resolver-rules=MAP ${foreignName} 127.0.0.1`]);
  });
  after(async () => {
    await browser.close();
    await running.close();
    await epmd.close();
    rmSync(dataDir, { recursive: true });
  });

  test('the printed link logs in, whatever characters the token has, and disappears from the address bar', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${running.url}#/settings`);
    await isLive(page);
    assert.equal(page.url(), `http://127.0.0.1:${port}/#/settings`);
    await page.context().close();
  });

  test('a window logs in and is live through a tunnel with another port', async () => {
    await using forward = await startForward(port);
    const local = `http://localhost:${forward.port}`;
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${local}/?token=${encodeURIComponent(token)}`);
    await isLive(page);
    await page.context().close();
  });

  test('behind TLS that is not configured, the login names the missing option', async () => {
    await using authority = await TestAuthority.create();
    await using forward = await startForward(port, await authority.issue());
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(`https://localhost:${forward.port}/?token=${encodeURIComponent(token)}`);
    await page.getByTestId('login-problem').getByText('--trusted-proxy').waitFor();
    await page.context().close();
  });

  test('under an unknown host name, the browser shows what to do', async () => {
    const page = await (
      await browser.newContext({ viewport: { width: 900, height: 560 }, colorScheme: 'light' })
    ).newPage();
    const answer = await page.goto(`http://${foreignName}:${port}/`);
    assert.equal(answer?.status(), 421);
    await page.getByRole('heading', { name: 'does not answer to that name' }).waitFor();
    await picture(page, 'refused-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'refused-dark');
    await assertAccessible(page);
    await page.getByRole('link').click();
    await page.getByTestId('login-token').waitFor();
    assert.equal(page.url(), `http://localhost:${port}/`);
    await page.context().close();
  });

  test('a restart keeps windows logged in, unless the token has changed', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(running.url);
    await isLive(page);
    await running.close();
    await page.getByTestId('socket-state').getByText('Live').waitFor({ state: 'detached' });
    await start();
    await isLive(page);
    await page.reload();
    await isLive(page);

    await running.close();
    rmSync(join(dataDir, 'token'));
    await start();
    await page.getByTestId('login-token').waitFor();
    await page.context().close();
  });

  attack(
    'Login and sockets',
    'a page on another port of this machine reaches nothing with the cookie it shares',
    async () => {
      await using evil = await startEvilServer();
      const context = await browser.newContext();
      const victim = await context.newPage();
      await victim.goto(running.url);
      await isLive(victim);
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${evil.port}/`);
      const outcomes = await page.evaluate(tryEverything, `http://127.0.0.1:${port}`);
      assert.deepEqual(outcomes, {
        read: 'blocked',
        launch: 'blocked',
        image: 'refused',
        frame: 'empty',
        socket: 'refused',
      });
      await context.close();
    },
  );
});

/** Runs in the evil page. */
async function tryEverything(target: string): Promise<Record<string, string>> {
  const attempt = (init: RequestInit, path: string): Promise<string> =>
    fetch(`${target}${path}`, { credentials: 'include', ...init }).then(
      async (answer) => `${answer.status} ${await answer.text()}`,
      () => 'blocked',
    );
  const loads = (element: HTMLImageElement | HTMLIFrameElement, path: string): Promise<string> =>
    new Promise((resolve) => {
      element.addEventListener('load', () => resolve('loaded'));
      element.addEventListener('error', () => resolve('refused'));
      element.src = `${target}${path}`;
      document.body.append(element);
    });
  const frame = document.createElement('iframe');
  const isEmpty = async (): Promise<string> => {
    await loads(frame, '/');
    // A blocked frame has an opaque origin and no content.
    return frame.contentDocument === null ? 'empty' : 'readable';
  };
  const opens = new Promise<string>((resolve) => {
    const socket = new WebSocket(`${target.replace('http', 'ws')}/api/live`);
    socket.addEventListener('open', () => resolve('open'));
    socket.addEventListener('error', () => resolve('refused'));
  });
  return {
    read: await attempt({}, '/api/nodes'),
    launch: await attempt({ method: 'POST', body: '{"kind":"typescript"}' }, '/api/nodes'),
    image: await loads(document.createElement('img'), '/api/nodes'),
    frame: await isEmpty(),
    socket: await opens,
  };
}
