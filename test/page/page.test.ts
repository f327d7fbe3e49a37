/** The page in a browser, against a scripted console: login, launching, shells, reconnects, keys, failures. */

import assert from 'node:assert/strict';
import { measuredTexts } from '../support/texts/wide-characters.ts';
import { pageTest } from './page-test.ts';
import { app, until } from './page-visit.ts';
import { busyCluster, failedNode, launchingNode, nodeNamed } from '../../packages/console-web/test/scenes.ts';
import { ScriptedConsole } from './scripted-console.ts';

pageTest(
  'logs in with a pasted link, says when a token is wrong, and keeps no token in the address',
  { isSample: true },
  async ({ browser }) => {
    await using scripted = await ScriptedConsole.start();
    const page = await browser.newPage();
    await page.goto(`${scripted.origin}/?token=wrong-wrong-wrong-wrong`);
    await page.getByTestId('login-problem').getByText('not the token').waitFor();
    assert.doesNotMatch(page.url(), /token/);
    await page.getByTestId('login-token').fill(`${scripted.origin}/?token=${scripted.token}`);
    await page.keyboard.press('Enter');
    await page.getByTestId('launch-typescript').waitFor();
    await page.goto(`${scripted.url}#/settings`);
    await page.getByTestId('log-out').waitFor();
    assert.equal(page.url(), `${scripted.origin}/#/settings`);
    await page.close();
  },
);

pageTest(
  'launches, and shows the steps, a failure with its remedy, and success',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({});
    const { page, scripted } = visited;
    await page.getByTestId('launch-elixir').click();
    await page.getByTestId('confirm-launch').click();
    await until('the request', () => scripted.requests.length === 1);
    assert.deepEqual(scripted.requests[0]?.body, { kind: 'elixir' });
    await page.getByTestId('launch-form').waitFor({ state: 'detached' });
    scripted.put(launchingNode('one@127.0.0.1'));
    const card = page.getByTestId('node-card');
    await card.getByText('Wait until it answers').first().waitFor();
    assert.equal(await card.getAttribute('data-status'), 'launching');
    const height = (await card.boundingBox())?.height;
    scripted.put(nodeNamed('one@127.0.0.1', { peers: ['a@h', 'b@h'] }));
    await card.getByText('2 peers').waitFor();
    assert.equal((await card.boundingBox())?.height, height, 'the row keeps its height when the node is up');
    scripted.put(failedNode('one@127.0.0.1'));
    await card.getByText('the name is taken').waitFor();
    await card.getByText('Choose another name').waitFor();
    await card.getByText('Crash dump is being written').waitFor();
  },
);

pageTest('explains how to install a missing kind instead of launching it', {}, async ({ visit }) => {
  const remedy = 'Install it with `apt-get install elixir`.';
  await using visited = await visit({ capabilities: [{ kind: 'elixir', available: false, remedy }] });
  const { page, scripted } = visited;
  await page.getByTestId('launch-elixir').click();
  await page.getByText('apt-get install elixir').waitFor();
  assert.equal(await page.getByTestId('confirm-launch').isDisabled(), true);
  assert.equal(scripted.requests.length, 0);
});

pageTest('launches with options', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-form').getByText('Erlang', { exact: true }).last().click();
  await page.getByTestId('launch-name').fill('cache-2');
  await page.getByTestId('launch-join').click();
  await page.getByText('Environment variables').click();
  await page.getByTestId('launch-variables-text').fill('no variable');
  await page.getByTestId('confirm-launch').click();
  await page.getByText('Line 1 does not have the form NAME=value.').waitFor();
  await page.getByTestId('launch-variables-text').fill('TOKEN=a=b');
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests[0]?.body, {
    ...{ kind: 'erlang', join: false, name: 'cache-2' },
    variables: { TOKEN: 'a=b' },
  });
});

pageTest('deletes only after a confirmation, all by keyboard', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('delete store');
  await page.keyboard.press('Enter');
  await page.getByTestId('confirm-delete').waitFor();
  assert.equal(scripted.requests.length, 0);
  await page.keyboard.press('Enter');
  await page.locator('[data-node="store@127.0.0.1"]').waitFor({ state: 'detached' });
  assert.deepEqual(
    scripted.requests.map(({ method, path }) => [method, path]),
    [['DELETE', '/api/nodes/store%40127.0.0.1']],
  );
});

pageTest('joins and disconnects through a menu with arrow keys', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.locator('[data-node="web@127.0.0.1"]').getByTestId('node-peers').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until('the request', () => scripted.requests.length === 1);
  assert.deepEqual(scripted.requests[0], {
    method: 'POST',
    path: '/api/nodes/web%40127.0.0.1/disconnect',
    body: { peer: app },
  });
  assert.equal(await page.getByRole('menu').count(), 0);
});

pageTest('offers to join only nodes that can connect to each other', {}, async ({ visit }) => {
  const far = { origin: 'attached', provider: 'ssh://db1', cluster: 'ssh://db1 visitor' } as const;
  await using visited = await visit({ nodes: [...busyCluster(), nodeNamed('far@db1', far)] });
  const { page, scripted } = visited;
  await page.locator('[data-node="web@127.0.0.1"]').getByTestId('node-peers').click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), [
    'edge@10.0.4.7',
    app,
    'store@127.0.0.1',
    'Restart',
  ]);
  await page.keyboard.press('Escape');
  await page.locator('[data-node="far@db1"]').getByTestId('node-peers').click();
  await page.getByRole('menu').getByText('No other node can be joined').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('join far');
  assert.equal(await page.locator('[data-command^="join-"][data-command*="far@db1"]').count(), 0);
  await page.keyboard.press('Escape');
  // A node that was only found is joined by asking the other one, which the console is connected to.
  await page.locator('[data-node="edge@10.0.4.7"]').getByTestId('node-peers').click();
  await page.getByRole('menuitem', { name: 'web@127.0.0.1' }).click();
  await until('the request', () => scripted.requests.length === 1);
  assert.deepEqual(scripted.requests[0], {
    method: 'POST',
    path: '/api/nodes/web%40127.0.0.1/join',
    body: { peer: 'edge@10.0.4.7' },
  });
});

pageTest(
  'types into a shell, interrupts, and copies what is selected',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell, terminalText } = visited;
    await openShell();
    await page.keyboard.type('1 + 1\r');
    await until('the echo', async () => (await terminalText()).includes('"1 + 1"'));
    await page.keyboard.press('Control+c');
    await until('an interrupt', () => scripted.typed.endsWith('\u0003'));
    const before = scripted.typed;
    const row = await page.getByTestId('terminal').locator('.xterm-rows > div').nth(2).boundingBox();
    // Dragged over a word: WebDriver BiDi makes no double click of two clicks.
    await page.mouse.move((row?.x ?? 0) + 2, (row?.y ?? 0) + 8);
    await page.mouse.down();
    await page.mouse.move((row?.x ?? 0) + 60, (row?.y ?? 0) + 8, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('Control+c');
    await until('the copy', async () => (await page.evaluate('navigator.clipboard.readText()')) !== '');
    assert.equal(scripted.typed, before, 'a copy is not an interrupt');
  },
);

pageTest('never types a reply of the terminal into the shell', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted, openShell } = visited;
  await openShell();
  scripted.say(
    app,
    '\u001b[c\u001b[>c\u001b[6n\u001b[5n\u001b[?6n\u001b[?1004h\u001b[?1000h\u001b[?25$p\u001bP$qm\u001b\\\u001b]10;?\u0007\u001b]4;1;?\u0007\u001b[>q\u001b[18t',
  );
  await page.getByTestId('nav-mesh').focus();
  await page.getByTestId('terminal').click();
  await page.keyboard.type('x');
  await until('the key', () => scripted.typed.includes('x'));
  assert.equal(scripted.typed, 'x');
});

pageTest('gives every character the cells that the line editor counts', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { openShell, scripted, terminalText } = visited;
  await openShell();
  // The sign after the text is overwritten if it is in the cell that the editor expects.
  const lines = measuredTexts.map(({ text, cells }) => `\r\n${text}|\u001b[${cells + 1}G#`);
  scripted.say(app, `${lines.slice(0, 9).join('')}\r\nhalf`);
  await until('the first half', async () => (await terminalText()).includes('half'));
  const first = await terminalText();
  scripted.say(app, `\u001b[2J\u001b[H${lines.slice(9).join('')}\r\nend`);
  await until('the second half', async () => /^end/m.test(await terminalText()));
  const rows = `${first}\n${await terminalText()}`.split('\n').map((row) => row.trim());
  for (const { what, text } of measuredTexts)
    assert.ok(rows.includes(`${text}#`), `${what}: ${rows.join(' ')}`);
});

pageTest('asks before many lines are pasted', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted, openShell } = visited;
  await openShell();
  await page.evaluate('navigator.clipboard.writeText("a\\nb\\nc\\nd\\ne\\nf")');
  await page.keyboard.press('Control+Shift+v');
  await page.getByTestId('paste-dialog').getByText('Paste 6 lines into IEx on').waitFor();
  assert.equal(scripted.typed, '');
  await page.getByTestId('confirm-paste').click();
  await until('the paste', () => scripted.typed === 'a\rb\rc\rd\re\rf');
  await page.evaluate('navigator.clipboard.writeText("short")');
  await page.keyboard.press('Control+v');
  await until('the short paste', () => scripted.typed.endsWith('short'));
});

pageTest('removes control characters from a paste', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted, openShell } = visited;
  await openShell();
  await page.evaluate('navigator.clipboard.writeText("a\\u001b[201~\\u0003\\tb\\nc")');
  await page.keyboard.press('Control+v');
  await until('the paste', () => scripted.typed === 'a[201~\tb\rc');
});

pageTest(
  'reconnects after the socket is lost, and requests only what it missed',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted, openShell, terminalText } = visited;
    await openShell();
    await page.keyboard.type('before\r');
    await until('the echo', async () => (await terminalText()).includes('"before"'));
    scripted.isReachable = false;
    scripted.dropSockets();
    await page
      .getByTestId('socket-state')
      .getByText(/Reconnecting in \d+ s/)
      .waitFor();
    await page.getByText('What you type is sent when the connection is back').waitFor();
    scripted.say(app, '\r\nmeanwhile\r\n');
    scripted.isReachable = true;
    await page.getByTestId('socket-state').getByText('Live').waitFor({ timeout: 60_000 });
    await until('what was missed', async () => (await terminalText()).includes('meanwhile'));
    const attach = scripted.received.findLast((message) => message.type === 'shell.attach');
    assert.equal(typeof attach?.afterSeq, 'number');
    assert.equal((await terminalText()).match(/"before"/g)?.length, 1);
  },
);

pageTest('shows the open shells again after a reload', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, openShell, terminalText } = visited;
  await openShell();
  await page.keyboard.type('kept\r');
  await until('the echo', async () => (await terminalText()).includes('"kept"'));
  await page.reload();
  await until('the screen', async () => (await terminalText()).includes('"kept"'));
  assert.equal(await page.getByTestId('shell-tab').count(), 1);
  await page.getByTestId('terminal').click();
  await page.keyboard.type('on\r');
  await until('the echo', async () => (await terminalText()).includes('"on"'));
});

pageTest('shows that a shell has ended, and sends it nothing more', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted, openShell } = visited;
  await openShell();
  scripted.tell({ type: 'shell.closed', shellId: 's1', reason: 'the node went down' });
  await page.getByText('the node went down').waitFor();
  const before = scripted.received.length;
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.getByTestId('nav-mesh').click();
  await page.getByTestId('mesh-node').first().waitFor();
  scripted.tell({ type: 'node.gone', name: app });
  await until('the tab to go', async () => (await page.getByTestId('shell-tab').count()) === 0);
  const asked = scripted.received.slice(before).filter((message) => message.type.startsWith('shell.'));
  assert.deepEqual(asked, []);
});

pageTest('shows why a shell could not be opened, and opens it again', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.nextProblem = { code: 'NO_SHELL', message: 'the node has no IEx', remedy: 'Try erl.' };
  await page.locator(`[data-node="${app}"]`).getByTestId('open-shell').click();
  await page.getByText('the node has no IEx').waitFor();
  await page.getByText('Open again').click();
  await page.getByTestId('terminal').getByText('echo>').waitFor();
});

pageTest('shows shells side by side, and is resized with the keyboard', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, openShell } = visited;
  await openShell();
  await page.locator('[data-node="web@127.0.0.1"]').getByTestId('open-shell').click();
  await page
    .locator('[data-testid="terminal"][data-shell-node="web@127.0.0.1"]')
    .getByText('echo>')
    .waitFor();
  await page.getByTestId('dock-split').click();
  await until('two terminals', async () => (await page.getByTestId('terminal').count()) === 2);
  const before = (await page.getByTestId('dock').boundingBox())?.height ?? 0;
  await page.getByTestId('dock-handle').focus();
  await page.keyboard.press('ArrowUp');
  await until(
    'the height',
    async () => ((await page.getByTestId('dock').boundingBox())?.height ?? 0) > before,
  );
  await page.keyboard.press('Control+`');
  await until('the fold', async () => (await page.getByTestId('terminal').count()) === 0);
  await page.keyboard.press('Control+`');
  await until('both again', async () => (await page.getByTestId('terminal').count()) === 2);
});

pageTest('survives a flood and shows its end', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { scripted, openShell, terminalText } = visited;
  await openShell();
  const block = 'flood '.repeat(20_000);
  for (let turn = 0; turn < 30; turn += 1) scripted.say(app, `${block}\r\n`);
  scripted.say(app, 'the end');
  await until('the end', async () => (await terminalText()).includes('the end'));
});

pageTest('draws a connection that only one side reports as one way', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page } = visited;
  await page.getByTestId('nav-mesh').click();
  await page.locator('.edge-oneWay[data-from="app-1@127.0.0.1"][data-to="edge@10.0.4.7"]').waitFor();
  assert.equal(await page.locator('.mesh .edge-mutual').count(), 3);
  await page.getByTestId('mesh-node').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('complementary').getByText('both ways').first().waitFor();
});

pageTest('follows a log, pauses, filters and continues', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.print(app, ...Array.from({ length: 300 }, (_, at) => `line ${at}`));
  await page.locator(`[data-node="${app}"]`).getByTestId('open-logs').click();
  await page.getByText('line 299').waitFor();
  const log = page.getByTestId('log-view');
  await until('the end', async () =>
    log.evaluate((view) => view.scrollHeight - view.scrollTop - view.clientHeight < 30),
  );
  await page.getByTestId('logs-pause').click();
  scripted.print(app, 'while paused');
  await page.getByText('Resume (1 new)').waitFor();
  assert.equal(await page.getByText('while paused').count(), 0);
  await page.getByTestId('logs-pause').click();
  await page.getByText('while paused').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('line 42');
  await until('the filter', async () => (await log.locator('.log-line').count()) === 1);
});

pageTest(
  'keeps the selected theme, and makes the terminal available to screen readers',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, openShell } = visited;
    await openShell();
    await page.getByTestId('nav-settings').click();
    await page.getByText('Dark', { exact: true }).click();
    await page.getByTestId('screen-reader').click();
    await page.locator('.xterm-accessibility').waitFor({ state: 'attached' });
    await page.reload();
    await page.locator('html[data-theme="dark"]').waitFor({ state: 'attached' });
  },
);

pageTest('shows on every page that the audit log cannot be written, until it can', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const banner = page.getByTestId('audit-banner');
  assert.equal(await banner.count(), 0);
  const problem = {
    code: 'CONSOLE_AUDIT_FAILED',
    message: 'the audit log cannot be written: the disk is full',
    remedy: 'Free some space.',
  };
  scripted.tell({ type: 'audit', problem });
  await banner.getByText('the disk is full').waitFor();
  assert.equal(await banner.getAttribute('role'), 'alert');
  for (const name of ['Logs', 'Settings']) {
    await page.getByRole('link', { name }).first().click();
    await banner.getByText('Free some space.').waitFor();
  }
  scripted.tell({ type: 'audit' });
  await banner.waitFor({ state: 'detached' });
});
