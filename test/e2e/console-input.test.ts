/**
 * Typing into a shell in a real browser while the connection of the page breaks in the middle of a line: the shell runs the
 * line as it was typed, once.
 */

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { attack } from '../support/attack.ts';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { type ConsoleInProcess, startConsoleInProcess } from '../support/console/console-in-process.ts';
import { picture, Terminal } from '../support/console/console-page.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { TcpRelay } from '../support/network/tcp-relay.ts';

const skip = withoutBrowser || missingPeer('25', 'elixir');

describe('a line typed over a connection that breaks', { skip }, () => {
  let relay: TcpRelay;
  let convoy: ConsoleInProcess;
  let browser: Browser;
  let page: Page;
  let terminal: Terminal;

  before(async () => {
    relay = await TcpRelay.start();
    convoy = await startConsoleInProcess({ allowedHosts: [`127.0.0.1:${relay.port}`] });
    const link = new URL(convoy.url);
    relay.target = Number(link.port);
    link.port = String(relay.port);
    const node = await convoy.launch('elixir');
    browser = await startBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(link.href);
    terminal = await Terminal.open(page, node, /iex\(.*\)1>/);
    await terminal.show();
  });
  after(async () => {
    await browser?.close();
    await convoy?.[Symbol.asyncDispose]();
    await relay?.[Symbol.asyncDispose]();
  });

  const cut = async (): Promise<void> => {
    relay.cut();
    await page.getByTestId('pane-notice').waitFor();
  };
  const mend = async (): Promise<void> => {
    relay.mend();
    await page.getByTestId('socket-state').getByText('Live').waitFor({ timeout: 60_000 });
  };

  attack('Input', 'a line cut in its middle runs with the keys that were typed while away', async () => {
    await page.keyboard.type('String.length("abcdef');
    await terminal.waitFor(/abcdef$/m);
    relay.holdRequests();
    await page.keyboard.type('gh');
    await cut();
    await page.keyboard.type('ijkl');
    await page.getByTestId('pending-keys').getByText('ghijkl').waitFor();
    await picture(page, 'shell-cut');
    await mend();
    await page.keyboard.type('mnop")\r');
    await terminal.waitFor(/^16$/m);
    assert.match(await terminal.text(), /String\.length\("abcdefghijklmnop"\)/);
  });

  attack('Input', 'a line whose confirmation is lost on the way runs once', async () => {
    relay.holdAnswers();
    await page.keyboard.type('IO.puts("on" <> "ce")\r');
    await cut();
    await mend();
    await page.keyboard.type(':next\r');
    await terminal.waitFor(/^:next$/m);
    assert.equal((await terminal.text()).match(/^once$/gm)?.length, 1);
  });
});
