/** "Launch again": what stays of a node that has ended, what starts over, and what the page asks for when the console refuses. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import type { Page } from 'playwright-core';
import { failedNode, nodeNamed } from '../../packages/console-web/test/scenes.ts';
import { picture } from '../support/console/console-page.ts';
import { pageTest } from './page-test.ts';
import { app, until, type Visit } from './page-visit.ts';

const cache = 'cache@127.0.0.1';
const problem = { code: 'NODE_STOPPED', message: `${app} was stopped (exit code 0)` };

function stopped(): NodeView {
  const { upSince: _up, ...node } = nodeNamed(app, { status: 'stopped', problem });
  return node;
}

function launchAgain(page: Page, node: string): ReturnType<Page['locator']> {
  return page.getByRole('button', { name: `Launch again: ${node}` });
}

function paths({ scripted }: Visit): string[] {
  return scripted.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
}

/** Opens a shell and ends its node under it. */
async function endUnderShell({ page, scripted, openShell }: Visit): Promise<void> {
  await openShell();
  scripted.put(stopped());
  scripted.tell({ type: 'shell.closed', shellId: 's1', reason: problem.message });
  await page.getByTestId('end-notice').waitFor();
}

describe('a node that is launched again', () => {
  pageTest('is launched by the console, which has its variables', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [failedNode(cache)] });
    const { page, scripted } = visited;
    await launchAgain(page, cache).click();
    await page.locator(`[data-node="${cache}"][data-status="launching"]`).waitFor();
    assert.deepEqual(paths(visited), [`POST /api/nodes/${cache}/relaunch`]);
    assert.equal(scripted.requests[0]?.body, undefined);
  });

  pageTest('keeps its place among the others, and the focus', { isSample: true }, async ({ visit }) => {
    const nodes = ['a@h', 'b@h', 'c@h'].map((name, at) =>
      name === 'b@h' ? { ...failedNode(name), startedAt: at + 1 } : nodeNamed(name, { startedAt: at + 1 }),
    );
    await using visited = await visit({ nodes });
    const { page } = visited;
    await launchAgain(page, 'b@h').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-node="b@h"][data-status="launching"]').waitFor();
    let focus: unknown;
    await until(
      () => `the focus on the node; it is on ${String(focus)}`,
      async () => {
        focus = await page.evaluate('document.activeElement?.getAttribute("aria-label")');
        return focus === 'Details of b@h';
      },
    );
    const order = await page
      .getByTestId('node-card')
      .evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
        all.map((one) => one.getAttribute('data-node')),
      );
    assert.deepEqual(order, ['a@h', 'b@h', 'c@h']);
  });

  pageTest('starts its output over, also where it is shown', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [stopped()] });
    const { page, scripted } = visited;
    scripted.print(app, 'one', 'two', 'three');
    await page.goto(`${scripted.origin}/#/logs/${app}`);
    await page.getByText('three').waitFor();
    scripted.relaunch(app);
    scripted.print(app, 'the first line of the next run');
    await page.getByText('the first line of the next run').waitFor();
    assert.equal(await page.locator('.log-line').count(), 1);
  });
});

describe('the shell of a node that is launched again', () => {
  pageTest('keeps its tab and what it shows, and offers a new one', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [nodeNamed(app)] });
    const { page, scripted, terminalText } = visited;
    await endUnderShell(visited);
    await launchAgain(page, app).click();
    await page.locator(`[data-testid="node-card"][data-status="launching"]`).waitFor();
    const notice = page.getByTestId('end-notice');
    await notice.getByText(`A new shell can be opened here once ${app} is up.`).waitFor();
    assert.match(await terminalText(), /echo>/);
    scripted.put(nodeNamed(app));
    await page.getByTestId('reopen-shell').click();
    await notice.waitFor({ state: 'detached' });
    await page.getByTestId('terminal').getByText('echo>').first().waitFor();
    assert.equal(await page.getByTestId('shell-tab').count(), 1);
  });

  pageTest('launches it from its notice', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [nodeNamed(app)] });
    const { page } = visited;
    await endUnderShell(visited);
    await picture(page, 'shell-node-stopped-again');
    await page
      .getByTestId('end-notice')
      .getByRole('button', { name: `Launch ${app} again` })
      .click();
    await page.getByTestId('relaunch-node').waitFor({ state: 'detached' });
    await page.locator(`[data-testid="node-card"][data-status="launching"]`).waitFor();
    assert.deepEqual(paths(visited), [`POST /api/nodes/${app}/relaunch`]);
    assert.equal(await page.getByTestId('shell-tab').count(), 1);
  });
});

describe('a node that the console does not launch again', () => {
  pageTest('stays as it is', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [failedNode(cache)] });
    const { page, scripted } = visited;
    scripted.nextProblem = { code: 'PROVIDER_UNKNOWN', message: 'no open place is named ssh://ops@db1' };
    await launchAgain(page, cache).click();
    await page.getByTestId('toast').getByText('no open place is named').waitFor();
    assert.equal(await launchAgain(page, cache).count(), 1);
    assert.deepEqual(paths(visited), [`POST /api/nodes/${cache}/relaunch`]);
  });

  pageTest('is offered in the form, which asks for its variables', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [failedNode(cache)] });
    const { page, scripted } = visited;
    scripted.nextProblem = {
      code: 'CONSOLE_LAUNCH_UNKNOWN',
      message: `the variables that ${cache} was launched with are not known`,
    };
    await launchAgain(page, cache).click();
    await page.getByText('Enter those that it needs.').waitFor();
    await page.getByText('this page does not have their values').waitFor();
    await picture(page, 'launch-again-variables');
    assert.equal(await page.getByTestId('launch-name').inputValue(), 'cache');
    await page.getByTestId('launch-variables-text').fill('FOO=bar');
    await page.getByTestId('confirm-launch').click();
    await page.getByTestId('launch-form').waitFor({ state: 'detached' });
    assert.deepEqual(paths(visited).slice(1), [`DELETE /api/nodes/${cache}`, 'POST /api/nodes']);
    assert.deepEqual(scripted.requests.at(-1)?.body, {
      ...{ kind: 'erlang', name: 'cache' },
      variables: { FOO: 'bar' },
    });
  });

  pageTest('is offered in the form when its name is taken, and not removed before', {}, async ({ visit }) => {
    await using visited = await visit({ nodes: [failedNode(cache)] });
    const { page, scripted } = visited;
    scripted.nextProblem = { code: 'PROVIDER_NAME_TAKEN', message: 'a node named cache already exists' };
    await launchAgain(page, cache).click();
    await page.getByTestId('launch-name-note').getByText('already exists').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('launch-form').waitFor({ state: 'detached' });
    assert.deepEqual(paths(visited), [`POST /api/nodes/${cache}/relaunch`]);
    assert.equal(await launchAgain(page, cache).count(), 1);
  });
});
