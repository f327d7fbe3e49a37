/** Send and call: one term for several nodes, their answers side by side, and only where acting is switched on. */

import assert from 'node:assert/strict';
import { attachedCluster, memberOf, ownCluster } from '../../../packages/console-web/test/cluster-scenes.ts';
import { answered, unavailable } from '../../../packages/console-web/test/inside-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';

const store = 'store@127.0.0.1';

async function openEditor({ page, scripted }: Visit, place: string = 'send', node = app): Promise<void> {
  await page.goto(`${scripted.origin}/#/nodes/${node}/${place}`);
  await page.getByTestId('panel-send').waitFor();
}

function answerWith({ scripted }: Visit, act: string, answers: Readonly<Record<string, object>>): void {
  const list = Object.entries(answers).map(([node, answer]) => ({ node, answer }));
  scripted.answers.set(`POST /api/clusters/local/${act}`, () => ({ status: 200, answer: list }));
}

pageTest(
  'a server is called on several nodes, and what differs is marked',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerWith(visited, 'call', {
      [app]: answered({ text: '#{size => 12}', bytes: 31, hash: 1 }),
      'web@127.0.0.1': answered({ text: '#{size => 12}', bytes: 31, hash: 1 }),
      [store]: answered({ text: '#{size => 7}', bytes: 30, hash: 2 }),
      'edge@10.0.4.7': unavailable({ kind: 'gone', message: 'There is no process cache on edge@10.0.4.7.' }),
    });
    await openEditor(visited);
    await page.getByTestId('message-to').fill('cache');
    assert.equal(await page.getByTestId('message-send').isDisabled(), true);
    await page.getByTestId('syntax-elixir').click();
    await page.getByTestId('message-term').fill(':size');
    await page.getByTestId('choose-all').click();
    await page.getByTestId('message-send').getByText('Call on 4 nodes').waitFor();
    await page.getByTestId('message-term').press('Control+Enter');
    await page.getByTestId('answers-summary').getByText('2 of 3 answers are the same, 1 differs.').waitFor();
    assert.deepEqual(scripted.requests.at(-1)?.body, {
      nodes: [app, 'web@127.0.0.1', store, 'edge@10.0.4.7'],
      syntax: 'elixir',
      timeoutMs: 5000,
      to: 'cache',
      message: ':size',
    });
    const odd = page.locator(`[data-testid="reply"][data-node="${store}"]`);
    assert.equal(await odd.locator('mark').innerText(), '7');
    await page.getByText('There is no process cache on edge@10.0.4.7.').waitFor();
    assert.equal(await page.locator('mark').count(), 1);
  },
);

pageTest(
  'a function is called, and a message is sent to the process of the address',
  {},
  async ({ visit }) => {
    await using visited = await visit({ nodes: busyCluster() });
    const { page, scripted } = visited;
    answerWith(visited, 'rpc', { [app]: answered({ text: '6', hash: 1 }) });
    answerWith(visited, 'send', { [app]: answered('<0.85.0>') });
    await openEditor(visited);
    await page.getByTestId('act-rpc').click();
    await page.getByTestId('message-function').fill('lists:sum');
    await page.getByTestId('message-term').fill('[[1,2,3]]');
    await page.getByTestId('message-send').click();
    await page.getByTestId('reply').getByText('6', { exact: true }).waitFor();
    const { module, function: name, args } = scripted.requests.at(-1)!.body as Record<string, unknown>;
    assert.deepEqual([module, name, args], ['lists', 'sum', '[[1,2,3]]']);
    await openEditor(visited, 'send/<0.85.0>');
    await until('the pid', async () => (await page.getByTestId('message-to').inputValue()) === '<0.85.0>');
    await page.getByTestId('act-send').click();
    await page.getByTestId('choose-all').click();
    await page.getByText('A pid is of one node: enter a name, or choose one node.').waitFor();
    await page.getByTestId('choose-all').click();
    await page.getByTestId('message-send').click();
    await page
      .getByTestId('reply')
      .getByRole('link', { name: `Sent to: <0.85.0> on ${app}` })
      .waitFor();
    await page.getByTestId('answers-summary').getByText('Sent to <0.85.0>.').waitFor();
  },
);

pageTest('where acting is off nothing is sent, and a refusal is said', {}, async ({ visit }) => {
  await using visited = await visit({
    clusters: [{ ...ownCluster, acting: false }],
    nodes: [nodeNamed(app)],
  });
  const { page, scripted } = visited;
  await openEditor(visited);
  await page.getByTestId('message-to').fill('cache');
  await page.getByTestId('message-term').fill('{a');
  await page.getByTestId('acting-off').waitFor();
  assert.equal(await page.getByTestId('message-send').isDisabled(), true);
  await page.getByTestId('message-term').press('Control+Enter');
  scripted.putCluster(ownCluster);
  await page.getByTestId('acting-off').waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests, []);
  scripted.answers.set('POST /api/clusters/local/call', () => ({
    status: 400,
    answer: { error: { code: 'INSPECT_BAD_OPTION', message: 'message "{a" is not a term' } },
  }));
  await page.getByTestId('message-term').press('Control+Enter');
  await page.getByTestId('message-refused').getByText('is not a term').waitFor();
  await page.getByTestId('message-refused').getByText('Nothing was sent').waitFor();
  scripted.isReachable = false;
  await page.getByTestId('message-send').click();
  await page.getByTestId('message-refused').getByText('It may have been sent').waitFor();
});

pageTest('in production a question comes first', {}, async ({ visit }) => {
  const prod = attachedCluster('prod', { label: 'Shop, live', production: true, acting: true });
  await using visited = await visit({
    clusters: [ownCluster, prod],
    nodes: [memberOf('prod', 'app@10.0.0.5')],
  });
  const { page, scripted } = visited;
  await openEditor(visited, 'send', 'prod:app@10.0.0.5');
  await page.getByTestId('message-to').fill('cache');
  await page.getByTestId('message-term').fill('size');
  await page.getByTestId('message-send').click();
  const question = page.getByRole('alertdialog', { name: 'Call in Shop, live?' });
  await question.getByText('cache is called on app@10.0.0.5.').waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.deepEqual(scripted.requests, []);
});
