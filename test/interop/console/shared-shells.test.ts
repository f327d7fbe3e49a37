/** Shells of a real console with several pages: one size for all, leaving and ending, numbers, and a history that lasts. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ShellView } from '@convoy/console/protocol';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import type { LiveClient } from '../../support/console/live-client.ts';
import { eventually } from '../../support/eventually.ts';

let requests = 0;
async function openOn(
  live: LiveClient,
  { node, ...size }: { node: string; cols: number; rows: number },
): Promise<ShellView> {
  const requestId = `open-${(requests += 1)}`;
  live.send({ type: 'shell.open', requestId, node, client: `client-of-${requestId}`, ...size });
  const { shell } = await live.message('shell.opened', (message) => message.requestId === requestId);
  await waitForScreen(live, shell.id, /1> $/);
  return shell;
}
function waitForScreen(live: LiveClient, shellId: string, pattern: RegExp): Promise<void> {
  return eventually(`${pattern} in ${shellId}`, 60_000, () => pattern.test(live.shellText(shellId)));
}

async function endShell(live: LiveClient, shellId: string): Promise<void> {
  live.send({ type: 'shell.close', shellId });
  await live.message('shell.closed', (message) => message.shellId === shellId);
}

function attach(live: LiveClient, shellId: string, client: string): void {
  live.send({ type: 'shell.attach', requestId: client, shellId, client });
}
/** The sizes that a page was told, oldest first. */
function sizes(live: LiveClient, shellId: string): string[] {
  return live.messages.flatMap((message) =>
    message.type === 'shell.size' && message.shellId === shellId
      ? [`${message.cols}x${message.rows} ${message.isOwn ? 'own' : 'foreign'}`]
      : [],
  );
}

describe('shells that several pages show', () => {
  let folder: string;
  let convoy: ConsoleInProcess;
  let node: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convoy-shells-'));
    convoy = await startConsoleInProcess({ dataDir: folder });
    node = await convoy.launch('typescript');
  });
  after(async () => {
    await convoy?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('have the size of the window in which somebody types, in the right place of the output', async () => {
    await using wide = await convoy.client.live();
    await using narrow = await convoy.client.live();
    const { id: shellId } = await openOn(wide, { node, cols: 160, rows: 40 });
    attach(narrow, shellId, 'the-narrow-page');
    narrow.send({ type: 'shell.resize', shellId, cols: 50, rows: 20 });
    await narrow.message('shell.size', (message) => message.shellId === shellId);
    assert.deepEqual(sizes(narrow, shellId), ['160x40 foreign']);
    wide.type(shellId, `'${'x'.repeat(138)}'`);
    await waitForScreen(narrow, shellId, /x{138}'$/);
    // It is on one row: the narrow window has not changed it.
    const snapshotAt = narrow.messages.length;
    attach(narrow, shellId, 'the-narrow-page');
    await eventually('the screen', 30_000, () =>
      narrow.messages
        .slice(snapshotAt)
        .some((message) => message.type === 'shell.snapshot' && message.cols === 160),
    );
    narrow.type(shellId, 'y');
    await wide.message('shell.size', (message) => message.shellId === shellId && !message.isOwn);
    const resized = wide.messages.findIndex(
      (message) => message.type === 'shell.output' && message.shellId === shellId && message.cols === 50,
    );
    assert.ok(resized >= 0);
    await eventually('the own size', 30_000, () => sizes(narrow, shellId).at(-1) === '50x20 own');
    narrow.send({ type: 'shell.detach', shellId });
    await eventually(
      'the size of the other page',
      30_000,
      () => sizes(wide, shellId).at(-1) === '160x40 own',
    );
    wide.send({ type: 'shell.resize', shellId, cols: 100, rows: 30, take: true });
    await eventually('the size on request', 30_000, () => sizes(wide, shellId).at(-1) === '100x30 own');
    await endShell(wide, shellId);
  });

  test('stay open for the others when a page leaves, and end for all when they are ended', async () => {
    await using one = await convoy.client.live();
    await using other = await convoy.client.live();
    const { id: shellId } = await openOn(one, { node, cols: 80, rows: 24 });
    await other.message('shell', ({ shell }) => shell.id === shellId && shell.viewers === 1);
    attach(other, shellId, 'the-other-page');
    await one.message('shell', ({ shell }) => shell.id === shellId && shell.viewers === 2);
    one.send({ type: 'shell.detach', shellId });
    await other.message('shell', ({ shell }) => shell.id === shellId && shell.viewers === 1);
    other.type(shellId, '6 * 7\r');
    await waitForScreen(other, shellId, /42/);
    assert.doesNotMatch(one.shellText(shellId), /42/);
    other.send({ type: 'shell.close', shellId });
    const { reason } = await one.message('shell.closed', (message) => message.shellId === shellId);
    assert.equal(reason, 'it was ended in another window');
  });

  test('have numbers that tell those of a node apart, and keep them', async () => {
    await using live = await convoy.client.live();
    const first = await openOn(live, { node, cols: 80, rows: 24 });
    const second = await openOn(live, { node, cols: 80, rows: 24 });
    assert.deepEqual([first.number, second.number], [1, 2]);
    await endShell(live, first.id);
    const third = await openOn(live, { node, cols: 80, rows: 24 });
    assert.equal(third.number, 1);
    for (const { id } of [second, third]) await endShell(live, id);
  });

  test('recall what was entered in earlier ones', async () => {
    await using live = await convoy.client.live();
    const first = await openOn(live, { node, cols: 80, rows: 24 });
    live.type(first.id, 'const remembered = 40 + 2\r');
    await waitForScreen(live, first.id, /2> $/);
    await endShell(live, first.id);
    const file = join(folder, 'history', 'ts.jsonl');
    await eventually('the file', 30_000, () => existsSync(file));
    assert.match(readFileSync(file, 'utf8'), /"const remembered = 40 \+ 2"/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const second = await openOn(live, { node, cols: 80, rows: 24 });
    live.type(second.id, '\u001b[A');
    await waitForScreen(live, second.id, /const remembered = 40 \+ 2/);
    await endShell(live, second.id);
  });
});
