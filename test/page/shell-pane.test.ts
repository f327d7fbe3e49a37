/** A shell on the page: its keys, its end, pasting and searching, and what assistive technology and a phone make of the dock. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { assertAccessible } from '../support/console/axe.ts';
import { picture } from '../support/console/console-page.ts';
import { someOf } from '../support/extent.ts';
import { busyCluster, nodeNamed } from '../../packages/console-web/test/scenes.ts';
import { pageTest } from './page-test.ts';
import { app, until } from './page-visit.ts';

describe('the keys of a shell', () => {
  pageTest(
    'include Ctrl-K at the first press; F1 opens the palette and gives the focus back',
    { isSample: true },
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell } = visited;
      await openShell();
      await page.keyboard.press('Control+k');
      await until('the key', () => scripted.typed === '\u000b');
      assert.equal(await page.getByTestId('palette').count(), 0);
      await page.keyboard.press('F1');
      await page.getByTestId('palette').waitFor();
      await page.keyboard.press('F1');
      await page.getByTestId('palette').waitFor({ state: 'detached' });
      await page.keyboard.type('x');
      await until('the focus back in the shell', () => scripted.typed === '\u000bx');
      await page.keyboard.press('F6');
      await page.keyboard.press('Control+k');
      await page.getByTestId('palette').waitFor();
    },
  );

  pageTest('send Escape so that the next key is not taken for a part of it', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    await page.keyboard.press('Control+r');
    await page.keyboard.press('Escape');
    await page.keyboard.type('a');
    await until('the keys', () => scripted.typed === '\u0012\u001b[27ua');
  });
});

describe('the end of a shell', () => {
  pageTest(
    'is told with its reason, and a new one is offered as soon as the node is up',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes: [nodeNamed(app)] });
      const { page, scripted, openShell } = visited;
      await openShell();
      const problem = { code: 'NODE_STOPPED', message: `${app} was stopped (exit code 0)` };
      const { upSince: _up, ...stopped } = nodeNamed(app, { status: 'stopped', problem });
      scripted.put(stopped);
      scripted.tell({ type: 'shell.closed', shellId: 's1', reason: problem.message });
      const notice = page.getByTestId('end-notice');
      await notice.getByText(`This shell has ended: ${problem.message}.`).waitFor();
      await notice.getByText(`A new shell can be opened here once ${app} is up.`).waitFor();
      const card = page.locator(`[data-testid="node-card"][data-node="${app}"]`);
      assert.equal(await card.getAttribute('data-status'), 'stopped');
      await card.getByText('The node was stopped').waitFor();
      await picture(page, 'shell-node-stopped');
      scripted.put(nodeNamed(app));
      await page.getByTestId('reopen-shell').click();
      await page.getByTestId('terminal').getByText('echo>').waitFor();
      assert.equal(scripted.received.filter(({ type }) => type === 'shell.open').length, 2);
    },
  );

  pageTest('of the console is told when it has been away for long', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await page.clock.install();
    await openShell();
    scripted.isReachable = false;
    scripted.dropSockets();
    await page.getByTestId('pane-notice').getByText('Reconnecting…').waitFor();
    assert.equal(await page.getByTestId('gone-banner').count(), 0);
    await page.clock.fastForward(45_000);
    const banner = page.getByTestId('gone-banner');
    await banner.getByText(/The console has not answered since \d\d:\d\d:\d\d/).waitFor();
    await page.getByTestId('pane-notice').getByText('The console has not answered since').waitFor();
    await picture(page, 'console-gone');
    scripted.isReachable = true;
    await banner.getByRole('button', { name: 'Try now' }).click();
    await banner.waitFor({ state: 'detached' });
  });
});

describe('pasting and searching', () => {
  pageTest('a long paste is explained before it is put at the prompt', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell } = visited;
    await openShell();
    await page.evaluate('navigator.clipboard.writeText("a\\nb\\nc\\nd\\ne\\nf")');
    await page.keyboard.press('Control+v');
    const dialog = page.getByTestId('paste-dialog');
    await dialog.getByRole('heading', { name: `Paste 6 lines into IEx on ${app}?` }).waitFor();
    await dialog.getByText('Nothing runs until you press Enter').waitFor();
    await picture(page, 'shell-paste');
    await dialog.getByRole('button', { name: 'Put 6 lines at the prompt' }).click();
    await until('the paste', () => scripted.typed === 'a\rb\rc\rd\re\rf');
  });

  pageTest('a search counts its matches and goes to the next and the previous', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell, terminalText } = visited;
    await openShell();
    scripted.say(app, '\r\nneedle one\r\nhay\r\nneedle two\r\nneedle three\r\n');
    await until('the output', async () => (await terminalText()).includes('needle three'));
    await page.keyboard.press('Control+Shift+f');
    const count = page.getByTestId('search-count');
    await page.getByTestId('search-input').fill('needle');
    await count.getByText('3 of 3').waitFor();
    await picture(page, 'shell-search');
    await page.getByRole('button', { name: 'Match above (Enter)' }).click();
    await count.getByText('2 of 3').waitFor();
    await page.getByTestId('search-input').press('Enter');
    await count.getByText('1 of 3').waitFor();
    await page.getByTestId('search-input').press('Shift+Enter');
    await count.getByText('2 of 3').waitFor();
    await page.getByRole('button', { name: 'Match below (Shift Enter)' }).click();
    await count.getByText('3 of 3').waitFor();
    await page.getByTestId('search-input').fill('nothing');
    await count.getByText('no match').waitFor();
    await page.getByTestId('search-input').press('Escape');
    await page.keyboard.type('x');
    await until('the focus back in the shell', () => scripted.typed === 'x');
  });
});

describe('searching at once', () => {
  pageTest(
    'a text that is typed in the moment in which the field appears is searched and counted',
    {},
    async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell, terminalText } = visited;
      await openShell();
      scripted.say(app, '\r\nneedle one\r\nneedle two\r\n');
      await until('the output', async () => (await terminalText()).includes('needle two'));
      await page.evaluate(() => {
        new MutationObserver((_changes, observer) => {
          const field = document.querySelector<HTMLInputElement>('[data-testid="search-input"]');
          if (field === null) return;
          observer.disconnect();
          field.value = 'needle';
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }).observe(document.body, { childList: true, subtree: true });
      });
      await page.keyboard.press('Control+Shift+f');
      await page.getByTestId('search-count').getByText('2 of 2').waitFor();
    },
  );
});

describe('the dock', () => {
  const views = [
    { width: 1440, colorScheme: 'light' },
    { width: 1440, colorScheme: 'dark' },
    { width: 1024, colorScheme: 'dark' },
    { width: 1024, colorScheme: 'light' },
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const;
  for (const { width, colorScheme } of someOf(views, 3)) {
    pageTest(`has nothing that axe finds, ${width} px wide and ${colorScheme}`, {}, async ({ visit }) => {
      await using visited = await visit({ nodes: busyCluster() });
      const { page, scripted, openShell } = visited;
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await openShell();
      await openShell('web@127.0.0.1');
      await assertAccessible(page, '.dock');
      await page.getByTestId('dock-split').click();
      scripted.shells.sizeElsewhere(app, { cols: 40, rows: 8 });
      await page.getByTestId('size-chip').first().waitFor({ state: 'attached' });
      await page.keyboard.press('Control+Shift+f');
      await page.getByTestId('search-input').fill('echo');
      await assertAccessible(page, '.dock');
      scripted.tell({ type: 'shell.closed', shellId: 's1', reason: 'the node went down' });
      await page.getByTestId('end-notice').waitFor({ state: 'attached' });
      await assertAccessible(page, '.dock');
      await page.getByTestId('dock-fold').click();
      await page.getByTestId('nav-shells').click();
      await page.getByTestId('open-shell-row').first().waitFor();
      await assertAccessible(page, '.shell-list');
    });
  }

  pageTest('gives each button a name of its own', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page } = visited;
    assert.equal(await page.getByRole('button', { name: `Shell on ${app}`, exact: true }).count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Shell', exact: true }).count(), 0);
  });

  pageTest('says what its button does: fold or unfold', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, openShell } = visited;
    await openShell();
    const button = page.getByTestId('dock-fold');
    const drawing = (): Promise<string> => button.locator('svg').innerHTML();
    assert.equal(await button.getAttribute('aria-label'), 'Fold (Ctrl `)');
    const open = await drawing();
    await button.click();
    await page.getByRole('button', { name: 'Unfold (Ctrl `)' }).waitFor();
    assert.equal(await button.getAttribute('title'), 'Unfold (Ctrl `)');
    assert.notEqual(await drawing(), open);
    await button.click();
    await page.getByRole('button', { name: 'Fold (Ctrl `)', exact: true }).waitFor();
    await page.getByTestId('terminal').waitFor();
  });

  pageTest('keeps the selected tab in view when the window gets narrow', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, openShell } = visited;
    await page.setViewportSize({ width: 1440, height: 844 });
    for (let count = 0; count < 3; count += 1) await openShell();
    await page.setViewportSize({ width: 390, height: 844 });
    await until('the tab in view', () =>
      page.evaluate<boolean>(`(() => {
        const list = document.querySelector('[role="tablist"]').getBoundingClientRect();
        const tab = document.querySelector('.tab.is-focused').getBoundingClientRect();
        return tab.right - tab.left < list.width && tab.left >= list.left - 1 && tab.right <= list.right + 1;
      })()`),
    );
    await picture(page, 'shell-tabs-narrow');
  });

  pageTest('can be folded on a phone while a shell is maximised', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, openShell } = visited;
    await page.setViewportSize({ width: 390, height: 844 });
    await openShell();
    await page.getByTestId('dock-maximise').click();
    await picture(page, 'shell-maximised-narrow');
    await page.getByTestId('dock-fold').click();
    await page.getByTestId('terminal').waitFor({ state: 'detached' });
    await page.getByTestId('node-card').first().waitFor();
  });
});
