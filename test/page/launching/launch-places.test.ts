/** Launching asks where: the place that was meant at first, the fields of its platform, presets, and places that are opened meanwhile. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { connectedHost, openRailway } from '../../../packages/console-web/test/host-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { assertAccessible } from '../../support/console/axe.ts';
import { picture } from '../../support/console/console-page.ts';
import { pageTest } from '../page-test.ts';
import { until, type Visit } from '../page-visit.ts';

const host = 'ssh://ops@db1.example';
const environment = 'railway:shop/production';

const onHost = nodeNamed('app@db1', {
  place: { key: host, kind: 'ssh' },
  provider: host,
  cluster: host,
  startedAt: 2,
});

/** Opens both places, as other windows may have done. */
async function openPlaces({ page, scripted }: Visit): Promise<void> {
  scripted.answers.set('GET /api/hosts', () => ({ status: 200, answer: [connectedHost()] }));
  scripted.answers.set('GET /api/railway', () => ({ status: 200, answer: openRailway() }));
  const [place] = openRailway().places;
  scripted.answers.set('POST /api/railway/places/place-1/refresh', () => ({ status: 200, answer: place }));
  await page.reload();
  await page.getByTestId('railway-chip').waitFor();
}

function chosenPlace(page: Page): Promise<string | null> {
  return page.locator('[data-testid="launch-place"]:checked').getAttribute('data-place');
}

pageTest('asks where, with the place of the group at first', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('web@127.0.0.1', { startedAt: 1 }), onHost] });
  const { page, scripted } = visited;
  await openPlaces(visited);
  await page.locator(`[data-group="${host}"]`).getByTestId('launch-here').click();
  assert.equal(await chosenPlace(page), host);
  assert.equal(await page.getByTestId('launch-place').count(), 3);
  await assertAccessible(page, 'dialog[open]');
  await picture(page, 'launch-where');
  // TypeScript is not there, so Elixir is the first that can be launched.
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests.at(-1)?.body, { kind: 'elixir', place: { key: host, kind: 'ssh' } });

  await page.getByTestId('launch-erlang').click();
  assert.equal(await chosenPlace(page), 'local');
  await page.locator(`[data-place="${environment}"]`).click();
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests.at(-1)?.body, {
    kind: 'erlang',
    place: { key: environment, kind: 'railway' },
  });
});

pageTest('every way to launch opens the form', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('web@127.0.0.1', { startedAt: 1 }), onHost] });
  const { page, scripted } = visited;
  await openPlaces(visited);
  const form = page.getByTestId('launch-form');
  const leave = async (): Promise<void> => {
    await form.waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  };
  for (const button of ['launch-typescript', 'launch-dialog']) {
    await page.getByTestId(button).click();
    await leave();
  }
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-input').fill('launch erlang');
  await page.keyboard.press('Enter');
  await leave();
  // On a row, in its place.
  await page.locator('[data-node="app@db1"]').getByTestId('node-details').focus();
  await page.keyboard.press('c');
  await form.waitFor();
  assert.equal(await chosenPlace(page), host);
  await leave();
  await page.getByTestId('railway-chip').click();
  await page.getByTestId('railway-launch-elixir').click();
  await form.waitFor();
  assert.equal(await chosenPlace(page), environment);
  await leave();
  assert.equal(scripted.requests.filter(({ path }) => path === '/api/nodes').length, 0);
});

pageTest('keeps what was typed while another place is opened', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('web@127.0.0.1')] });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-name').fill('worker-%');
  await page.getByTestId('launch-count').fill('2');
  scripted.answers.set('POST /api/hosts', () => ({ status: 202, answer: connectedHost() }));
  scripted.answers.set('GET /api/hosts/host-1', () => ({ status: 200, answer: connectedHost() }));
  scripted.answers.set('GET /api/hosts', () => ({ status: 200, answer: [connectedHost()] }));
  await page.getByTestId('launch-open-ssh').click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
  await page.keyboard.press('Enter');
  await page.getByTestId('host-launch-erlang').click();
  assert.equal(await chosenPlace(page), host);
  assert.equal(await page.getByTestId('launch-name').inputValue(), 'worker-%');
  assert.equal(await page.getByTestId('launch-count').inputValue(), '2');
});

pageTest('explains what is typed as it is typed, for every field', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('web@127.0.0.1')] });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-count').fill('3');
  await page.getByTestId('launch-name').fill('worker');
  await page.getByText('3 nodes need different names: add a %').waitFor();
  await page.getByTestId('launch-name').fill('worker-%');
  await page.getByTestId('confirm-launch').getByText('Launch 3 nodes').waitFor();
  await page.getByTestId('launch-count').fill('99');
  await page.getByText('It must be at most 20.').waitFor();
  await page.getByTestId('launch-count').fill('a few');
  await page.getByText('Type a whole number.').waitFor();
  await page.keyboard.press('Enter');
  await until('the focus', () =>
    page.getByTestId('launch-count').evaluate((field) => field === document.activeElement),
  );
  assert.equal(scripted.requests.length, 0);
});

pageTest('presets fill the form in, and hold no secrets', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed('web@127.0.0.1')] });
  const { page, scripted } = visited;
  await openPlaces(visited);
  await page.keyboard.press('c');
  await page.locator(`[data-place="${host}"]`).click();
  await page.getByTestId('launch-count').fill('2');
  await page.getByTestId('launch-name').fill('worker-%');
  await page.getByText('Environment variables').click();
  await page.getByTestId('launch-variables-text').fill('TOKEN=s3cret');
  await page.getByText('Save as a preset').click();
  await page.getByTestId('launch-preset-name').fill('workers');
  await page.keyboard.press('Enter');
  await page.getByText('Saved the preset workers').waitFor();
  assert.equal(scripted.requests.length, 0, 'saving launches nothing');
  assert.doesNotMatch(await page.evaluate<string>('JSON.stringify(localStorage)'), /s3cret/);
  await page.reload();
  await page.getByTestId('railway-chip').waitFor();
  await page.keyboard.press('c');
  await page.getByTestId('launch-preset').selectOption('workers');
  assert.equal(await chosenPlace(page), host);
  assert.equal(await page.getByTestId('launch-count').inputValue(), '2');
  assert.equal(await page.getByTestId('launch-name').inputValue(), 'worker-%');
  assert.equal(await page.getByTestId('launch-variables-text').inputValue(), 'TOKEN=');
  await page.getByRole('button', { name: 'Delete the preset' }).click();
  await page.getByTestId('launch-preset').waitFor({ state: 'detached' });
});
