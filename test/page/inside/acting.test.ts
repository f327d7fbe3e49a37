/** Acting on a process: only where it is switched on, after a question, and in production with the name of the cluster. */

import assert from 'node:assert/strict';
import { attachedCluster, memberOf, ownCluster } from '../../../packages/console-web/test/cluster-scenes.ts';
import { answered, processDetails } from '../../../packages/console-web/test/inside-scenes.ts';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until, type Visit } from '../page-visit.ts';
import { answerAll, routeTo } from './inside-script.ts';

const { pid } = processDetails;
const prodApp = 'prod:app@10.0.0.5';

async function openProcess({ page, scripted }: Visit, node: string): Promise<void> {
  scripted.answers.set(routeTo(`processes/${pid}`, node), () => ({
    status: 200,
    answer: answered(processDetails),
  }));
  await page.goto(`${scripted.origin}/#/nodes/${node}/processes/${pid}`);
  await page.getByTestId('panel-process').getByTestId('answer').waitFor();
}

function answerActs({ scripted }: Visit, node: string): void {
  const outcome = { wasAlive: true, memoryBefore: 30_600_000, memoryAfter: 9_100_000 };
  for (const act of ['kill', 'collect'])
    scripted.answers.set(routeTo(`processes/${pid}/${act}`, node, 'POST'), () => ({
      status: 200,
      answer: answered(outcome),
    }));
}

pageTest(
  'a process is killed after a question, and collects its garbage without one',
  { isSample: true },
  async ({ visit }) => {
    await using visited = await visit({ nodes: [nodeNamed(app)] });
    const { page, scripted } = visited;
    answerAll(scripted);
    answerActs(visited, app);
    await openProcess(visited, app);
    assert.equal(await page.getByTestId('acting-off').count(), 0);
    await page.getByTestId('collect').click();
    await page
      .getByTestId('toast')
      .getByText(/has collected its garbage: 29\.2 MB before, 8\.7 MB after/)
      .waitFor();
    await page.getByTestId('kill').click();
    const question = page.getByRole('alertdialog', { name: 'Kill this process?' });
    await question.getByText(pid).waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal(scripted.requests.length, 1);
    await page.getByTestId('kill').click();
    await page.getByTestId('confirm-kill').click();
    await page.getByTestId('toast').getByText(`Killed ${pid} on ${app}`).waitFor();
    assert.equal(
      scripted.requests.at(-1)?.path,
      routeTo(`processes/${pid}/kill`, app, 'POST').slice('POST '.length),
    );
  },
);

pageTest('where acting is off, the page says so and where to switch it on', {}, async ({ visit }) => {
  const clusters = [{ ...ownCluster, acting: false }];
  await using visited = await visit({ clusters, nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  answerAll(scripted);
  await openProcess(visited, app);
  await page
    .getByTestId('acting-off')
    .getByText('Acting inside the nodes of this computer is off.')
    .waitFor();
  assert.equal(await page.getByTestId('kill').isDisabled(), true);
  assert.equal(await page.getByTestId('collect').isDisabled(), true);
  await page.getByTestId('acting-settings').click();
  await page.getByTestId('cluster-acting').check();
  await page.getByTestId('cluster-save').click();
  await page.getByTestId('acting-off').waitFor({ state: 'detached' });
  assert.equal(await page.getByTestId('kill').isDisabled(), false);
});

pageTest('marking a cluster as production switches acting off in the form', {}, async ({ visit }) => {
  await using visited = await visit({
    nodes: [nodeNamed(app)],
    clusters: [ownCluster, attachedCluster('prod')],
  });
  const { page, scripted } = visited;
  await page.locator('[data-testid="cluster-settings"][data-cluster="prod"]').click();
  await page.getByTestId('cluster-production').check();
  assert.equal(await page.getByTestId('cluster-acting').isChecked(), false);
  await page.getByTestId('cluster-save').click();
  await until('the change', () => scripted.requests.length === 1);
  const { production, acting } = scripted.requests[0]!.body as Record<string, unknown>;
  assert.deepEqual({ production, acting }, { production: true, acting: false });
});

pageTest('in production the questions name the cluster', {}, async ({ visit }) => {
  const prod = attachedCluster('prod', { label: 'Shop, live', production: true, acting: true });
  await using visited = await visit({
    clusters: [ownCluster, prod],
    nodes: [memberOf('prod', 'app@10.0.0.5')],
  });
  const { page, scripted } = visited;
  answerActs(visited, prodApp);
  await openProcess(visited, prodApp);
  await page.getByTestId('collect').click();
  await page.getByRole('alertdialog', { name: 'Collect garbage in Shop, live?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('kill').click();
  const question = page.getByRole('alertdialog', { name: 'Kill this process in Shop, live?' });
  await question.getByText('is marked as production').waitFor();
  assert.deepEqual(scripted.requests, []);
  await page.getByTestId('confirm-kill').click();
  await until('the request', () => scripted.requests.length === 1);
});

pageTest('the state of a process is asked for only when the user wants it', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: [nodeNamed(app)] });
  const { page, scripted } = visited;
  answerAll(scripted);
  const asked: string[] = [];
  page.on('request', (request) => {
    const { search } = new URL(request.url());
    if (search.includes('state=')) asked.push(search);
  });
  await openProcess(visited, app);
  await page.getByTestId('card-state').getByText('The process itself is asked').waitFor();
  scripted.answers.set(routeTo(`processes/${pid}`), () => ({
    status: 200,
    answer: answered({ ...processDetails, state: '#{price => 1990}' }),
  }));
  assert.deepEqual(asked, []);
  await page.getByTestId('ask-state').click();
  await page.getByTestId('process-state').getByText('#{price => 1990}').waitFor();
  assert.deepEqual(asked, ['?state=true']);
});
