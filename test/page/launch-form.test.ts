/** The launch form: it keeps what was typed until the console accepts it, and says beside the field what is wrong. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { pageTest } from './page-test.ts';
import { until } from './page-visit.ts';
import { busyCluster } from '../../packages/console-web/test/scenes.ts';

const taken = {
  code: 'PROVIDER_NAME_TAKEN',
  message: 'a node named store@127.0.0.1 already exists on local',
  remedy: 'Delete or disconnect that node first, or choose another name.',
};

/** The element that has the focus, by its test id. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate<string | null>('document.activeElement?.getAttribute("data-testid") ?? null');
}

pageTest('a duplicate name keeps the form and everything in it', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-form').getByText('Erlang', { exact: true }).last().click();
  await page.getByTestId('launch-name').fill('store');
  await page.getByTestId('launch-join').click();
  await page.getByText('Environment variables').click();
  await page.getByTestId('launch-variables-text').fill('SECRET=1\nOTHER=2');
  scripted.nextProblem = taken;
  await page.getByTestId('confirm-launch').click();

  const note = page.getByTestId('launch-name-note');
  await note.getByText('A node named store@127.0.0.1 already exists on local.').waitFor();
  await note.getByText('Choose another name, or leave the field empty for a free one.').waitFor();
  assert.equal(await page.getByTestId('launch-name').inputValue(), 'store');
  assert.equal(await page.getByTestId('launch-name').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByTestId('launch-variables-text').inputValue(), 'SECRET=1\nOTHER=2');
  assert.equal(await page.getByTestId('launch-join').isChecked(), false);
  assert.equal(await focused(page), 'launch-name');
  assert.equal(await page.getByTestId('toast').count(), 0);

  await page.keyboard.type('-2');
  assert.equal(await page.getByTestId('launch-name').getAttribute('aria-invalid'), null);
  await page.keyboard.press('Enter');
  await page.getByTestId('launch-form').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests.at(-1)?.body, {
    ...{ kind: 'erlang', join: false, name: 'store-2' },
    variables: { SECRET: '1', OTHER: '2' },
  });
});

pageTest('an invalid name is explained as it is typed, in our own words', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  const note = page.getByTestId('launch-name-note');
  const name = page.getByTestId('launch-name');
  await name.fill('1st');
  await note.getByText('A name starts with a letter from a to z, not with “1”.').waitFor();
  await name.fill('my node');
  await note.getByText('A name cannot contain a space').waitFor();
  await name.fill('store@127.0.0.1');
  await note.getByText('Type only the part before the @; the console adds the host.').waitFor();
  await page.keyboard.press('Enter');
  await until('the focus', async () => (await focused(page)) === 'launch-name');
  assert.equal(scripted.requests.length, 0, 'nothing is sent');
  await name.fill('store');
  await note.getByText('Starts with a letter; letters, digits, - and _.').waitFor();
});

pageTest('a refusal that concerns no field is shown in the form', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-name').fill('more');
  scripted.nextProblem = {
    code: 'PROVIDER_LIMIT',
    message: 'the limit of 20 nodes is reached',
    remedy: 'Delete a node.',
  };
  await page.getByTestId('confirm-launch').click();
  await page.getByTestId('launch-problem').getByText('the limit of 20 nodes is reached').waitFor();
  assert.equal(await page.getByTestId('launch-name').inputValue(), 'more');
});

pageTest('a refused variable opens its field', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  scripted.nextProblem = {
    code: 'PROVIDER_BAD_VARIABLE',
    message: 'ERL_FLAGS cannot be set',
    remedy: 'Leave it out.',
  };
  await page.getByTestId('confirm-launch').click();
  await page.getByText('ERL_FLAGS cannot be set. Leave it out.').waitFor();
  assert.equal(await focused(page), 'launch-variables-text');
});

pageTest('a refusal after the form was closed is not lost', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  await page.keyboard.press('c');
  await page.getByTestId('launch-name').fill('store');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  scripted.answers.set('POST /api/nodes', async () => {
    await released;
    return { status: 409, answer: { error: taken } };
  });
  await page.getByTestId('confirm-launch').click();
  await until('the request', () => scripted.requests.length === 1);
  await page.keyboard.press('Escape');
  release();
  await page.getByTestId('toast').getByText('already exists on local').waitFor();
});

pageTest(
  'what a place or a kind cannot do is said beside the field that asks for it',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    await page.keyboard.press('c');
    await page.getByText('Program', { exact: true }).click();
    await page.getByTestId('launch-program').fill('/srv/shop');
    await page.getByText('Memory limit in MB', { exact: true }).click();
    await page.getByTestId('launch-memoryMb').fill('512');
    scripted.nextProblem = {
      code: 'PROVIDER_BAD_PROGRAM',
      message: '/srv/shop was made by mix release',
      remedy: 'Launch it as an Elixir node.',
    };
    await page.getByTestId('confirm-launch').click();
    const program = page.getByTestId('launch-program-note');
    await program.getByText('/srv/shop was made by mix release. Launch it as an Elixir node.').waitFor();
    await until('the focus', async () => (await focused(page)) === 'launch-program');
    await page.getByTestId('launch-program').fill('/srv/till');
    scripted.nextProblem = {
      code: 'PROVIDER_UNSUPPORTED',
      message: 'only Linux can limit the memory of Erlang nodes',
      remedy: 'Launch it without a memory limit.',
    };
    await page.getByTestId('confirm-launch').click();
    const memory = page.getByTestId('launch-memoryMb-note');
    await memory
      .getByText(
        'Only Linux can limit the memory of Erlang nodes. Leave the field empty, or choose another place.',
      )
      .waitFor();
    assert.equal(await page.getByTestId('launch-program').getAttribute('aria-invalid'), null);
  },
);
