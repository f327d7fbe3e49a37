/** Typing into a shell in a browser while the page's socket is down: nothing is lost, repeated, or run in part. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { attack } from '../support/attack.ts';
import {
  type BrowserName,
  browserNames,
  missingBrowser,
  startBrowserNamed,
} from '../support/console/browser.ts';
import { picture } from '../support/console/console-page.ts';
import { onlyInAll } from '../support/extent.ts';
import { until, type Visit, visitPage } from './page-visit.ts';
import { busyCluster } from '../../packages/console-web/test/scenes.ts';

interface Typing extends Visit {
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Opens shells in which `before` stands already. */
function openTyping(browser: () => Browser, name: BrowserName): () => Promise<Typing> {
  return async () => {
    const visited = await visitPage(browser(), { nodes: busyCluster() }, name);
    const { page, scripted, openShell, terminalText } = visited;
    await openShell();
    await page.keyboard.type('before');
    await until('the echo', async () => (await terminalText()).includes('before'));
    return {
      ...visited,
      [Symbol.asyncDispose]: () => visited[Symbol.asyncDispose](),
      async cut() {
        scripted.isReachable = false;
        scripted.dropSockets();
        await page.getByTestId('pane-notice').waitFor();
        await page.getByTestId('terminal').click();
      },
      async mend() {
        scripted.isReachable = true;
        await page.getByTestId('socket-state').getByText('Live').waitFor({ timeout: 60_000 });
      },
    };
  };
}

/** A suite for each browser, in Firefox only in a run of everything. */
function describeTyping(title: string, body: (typing: () => Promise<Typing>) => void): void {
  for (const name of browserNames) {
    const missing = missingBrowser(name);
    const isFirst = name === 'chromium';
    describe(isFirst ? title : `${title} (Firefox)`, { skip: isFirst ? missing : onlyInAll(missing) }, () => {
      let browser: Browser;
      before(async () => {
        browser = await startBrowserNamed(name);
      });
      after(() => browser?.close());
      body(openTyping(() => browser, name));
    });
  }
}

describeTyping('typing while the socket is down', (typing) => {
  attack(
    'Input',
    'keys typed while the page is cut off are marked, and reach the line in order',
    async () => {
      await using visited = await typing();
      const { page, scripted, terminalText } = visited;
      await visited.cut();
      await page.keyboard.type('123');
      await page.keyboard.press('Backspace');
      await page.getByTestId('pending-keys').getByText('123⌫').waitFor();
      await picture(page, 'shell-offline');
      await visited.mend();
      await page.keyboard.type('after\r');
      await until('the line', async () => (await terminalText()).includes('"before123'));
      assert.equal(scripted.typed, 'before123\u007fafter\r');
      assert.equal(await page.getByTestId('pane-notice').count(), 0);
    },
  );

  attack('Input', 'keys whose confirmation was lost are not typed a second time', async () => {
    await using visited = await typing();
    const { page, scripted, terminalText } = visited;
    scripted.shells.isMute = true;
    await page.keyboard.type('XYZ');
    await until('the echo', async () => (await terminalText()).includes('beforeXYZ'));
    await visited.cut();
    scripted.shells.isMute = false;
    await visited.mend();
    await page.keyboard.type('\r');
    await until('the line', async () => (await terminalText()).includes('"beforeXYZ"'));
  });

  attack(
    'Input',
    'keys for a shell that ended meanwhile are shown as not sent, and are not sent to another shell',
    async () => {
      await using visited = await typing();
      const { page, scripted } = visited;
      await visited.cut();
      await page.keyboard.type('gone\r');
      scripted.shells.loseAll();
      await visited.mend();
      await page.getByRole('alert').getByText('Not sent: gone⏎').waitFor();
      await picture(page, 'shell-not-sent');
      assert.equal(scripted.typed, 'before');
    },
  );

  attack(
    'Input',
    'keys that the console cannot place in order are held back whole until the user decides',
    async () => {
      await using visited = await typing();
      const { page, scripted, terminalText } = visited;
      await visited.cut();
      await page.keyboard.type('one');
      scripted.shells.forgetWriters();
      await visited.mend();
      await page.getByTestId('held-input').waitFor();
      await page.keyboard.type(' two\r');
      await page.getByTestId('pending-keys').getByText('one two⏎').waitFor();
      await picture(page, 'shell-held');
      assert.equal(scripted.typed, 'before');
      await page.getByTestId('send-input').click();
      await until('the line', async () => (await terminalText()).includes('"beforeone two"'));
      await page.keyboard.type('on\r');
      await until('the next', async () => (await terminalText()).includes('"on"'));
    },
  );

  attack('Input', 'a password typed while the page is cut off is not shown', async () => {
    await using visited = await typing();
    const { page, scripted } = visited;
    scripted.tell({ type: 'shell.echo', shellId: 's1', echo: false });
    await visited.cut();
    await page.keyboard.type('hush');
    await page.getByTestId('pending-keys').getByText('••••', { exact: true }).waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /hush/);
    await visited.mend();
    await until('the keys', () => scripted.typed === 'beforehush');
  });
});

describeTyping('taking input back while the socket is down', (typing) => {
  test('the browser asks before the user leaves a page with waiting keys', async () => {
    await using visited = await typing();
    const { page, scripted } = visited;
    await visited.cut();
    await page.keyboard.type('x');
    await page.getByTestId('pending-keys').waitFor();
    const asked = page.waitForEvent('dialog');
    // `page.reload()` would wait half a minute for a load event, because the page stays.
    await page.evaluate('setTimeout(() => location.reload())');
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    await visited.mend();
    await until('the key', () => scripted.typed === 'beforex');
  });

  test('Ctrl-C discards waiting keys, and clears the line after the reconnect', async () => {
    await using visited = await typing();
    const { page, terminalText } = visited;
    await visited.cut();
    await page.keyboard.type('wrong\r');
    await page.keyboard.press('Control+c');
    await page.getByTestId('pending-keys').getByText('^C', { exact: true }).waitFor();
    await visited.mend();
    await page.keyboard.type('right\r');
    await until('the line', async () => (await terminalText()).includes('"right"'));
    assert.equal((await terminalText()).includes('wrong'), false);
  });

  test('a shell that is ended meanwhile ends after the reconnect, and nothing waiting is typed', async () => {
    await using visited = await typing();
    const { page, scripted } = visited;
    await visited.cut();
    await page.keyboard.type('x');
    await page.getByTestId('shell-menu').click();
    await page.locator('[data-item="end-shell"]').click();
    await visited.mend();
    await until('the end', () => scripted.received.some((message) => message.type === 'shell.close'));
    assert.equal(await page.getByTestId('shell-tab').count(), 0);
    assert.equal(scripted.typed, 'before');
  });

  test('a tab that is closed meanwhile leaves its shell to the console', async () => {
    await using visited = await typing();
    const { page, scripted } = visited;
    await visited.cut();
    await page.keyboard.type('x');
    await page.getByTestId('close-shell').click();
    await visited.mend();
    await page.getByTestId('nav-shells').click();
    await page.getByTestId('other-shell-row').waitFor();
    assert.equal(await page.getByTestId('shell-tab').count(), 0);
    assert.equal(scripted.typed, 'before');
    assert.equal(scripted.shells.views().length, 1);
  });
});
