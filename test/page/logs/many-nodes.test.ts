/** The lines of many nodes in one stream: which nodes, in which order, and why some are not followed. */

import assert from 'node:assert/strict';
import { attachedCluster } from '../../../packages/console-web/test/cluster-scenes.ts';
import { busyCluster, nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app, until } from '../page-visit.ts';
import { event, openLogs, seenTexts } from './log-page.ts';

const [web, store, edge] = ['web@127.0.0.1', 'store@127.0.0.1', 'edge@10.0.4.7'] as const;

pageTest('all nodes are shown in one order, late lines in their place', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.log(web, { text: 'w1', at: 1000 }, { text: 'w2', at: 3000 });
  scripted.log(edge, event('e1', { at: 4000 }));
  await openLogs(visited, '');
  await page.getByText('e1', { exact: true }).waitFor();
  scripted.log(store, { text: 's1', at: 2000 }, { text: 's2', at: 5000 });
  await until('the order', async () => (await seenTexts(page)).join() === 'w1,s1,w2,e1,s2');
  const names = await page.locator('.log-node').allTextContents();
  assert.deepEqual(names, ['web', 'store', 'web', 'edge', 'store']);
});

pageTest('nodes are chosen one by one, and the address keeps them', { isSample: true }, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  for (const node of [web, app, store, edge]) scripted.log(node, { text: `of ${node}` });
  await openLogs(visited, '');
  const shows = (...nodes: string[]): Promise<void> =>
    until(
      `the lines of ${nodes.join(', ')}`,
      async () =>
        (await seenTexts(page)).toSorted().join() ===
        nodes
          .map((node) => `of ${node}`)
          .toSorted()
          .join(),
    );
  await shows(web, app, store, edge);
  await page.locator(`[data-testid="log-source"][data-node="${app}"]`).click();
  await shows(app);
  assert.equal(new URL(page.url()).hash, `#/logs/${app}`);
  await page.locator(`[data-testid="log-check"][data-node="${web}"]`).check();
  await shows(web, app);
  assert.equal(new URL(page.url()).hash, `#/logs/${app},${web}`);
  await page.reload();
  await shows(web, app);
  await page.locator(`[data-testid="log-check"][data-node="${app}"]`).uncheck();
  await shows(web);
  // The last one stays.
  await page.locator(`[data-testid="log-check"][data-node="${web}"]`).click();
  assert.ok(await page.locator(`[data-testid="log-check"][data-node="${web}"]`).isChecked());
  await page.getByTestId('log-all').click();
  await shows(web, app, store, edge);
  const followed = scripted.received.filter(({ type }) => type === 'logs.unfollow');
  assert.ok(followed.length > 0);
});

pageTest('only the nodes of the cluster that is shown are followed', {}, async ({ visit }) => {
  const prod = attachedCluster('prod');
  const far = nodeNamed('far@10.0.0.9', { cluster: prod.id, origin: 'member', id: 'prod:far@10.0.0.9' });
  await using visited = await visit({ nodes: [...busyCluster(), far] });
  const { page, scripted } = visited;
  scripted.putCluster(prod);
  scripted.log(far.id, event('of far'));
  scripted.log(app, { text: 'of app' });
  await openLogs(visited, '');
  await page.getByText('of far').waitFor();
  await page.getByText('of app').waitFor();
  await page.locator(`[data-testid="cluster-choice"][data-cluster="${prod.id}"]`).click();
  await until('one cluster', async () => (await seenTexts(page)).join() === 'of far');
  // The address of a node of the other cluster shows that.
  await openLogs(visited, `/${app}`);
  await until('the other', async () => (await seenTexts(page)).join() === 'of app');
});

pageTest('why the logger of a node is not followed is said beside the node', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const problem = {
    code: 'CONSOLE_LOGGER_UNAVAILABLE',
    message: 'the logger of the node does not answer',
    remedy: 'Look whether it is busy.',
  };
  scripted.loggerProblems.set(edge, problem);
  await openLogs(visited, '');
  const notice = page.getByTestId('logs-unfollowed');
  await notice.getByText('the logger of the node does not answer. Look whether it is busy.').waitFor();
  await page.locator(`[data-node="${edge}"]`).getByTestId('log-unfollowed').waitFor();
  scripted.tell({ type: 'logs.state', node: store, source: 'logger', state: 'unavailable', problem });
  await notice.getByText('The loggers of 2 nodes are not followed').waitFor();
  for (const node of [edge, store])
    scripted.tell({ type: 'logs.state', node, source: 'logger', state: 'following' });
  await notice.waitFor({ state: 'detached' });
});

pageTest('the source is asked for again when it is changed, and after a reconnect', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  scripted.log(app, { text: 'printed' }, event('logged'));
  await openLogs(visited, `/${app}`);
  await page.getByText('logged').waitFor();
  await page.getByTestId('logs-source').selectOption('logger');
  await until('the source', async () => (await seenTexts(page)).join() === 'logged');
  const follows = (): unknown[] => scripted.received.filter(({ type }) => type === 'logs.follow');
  assert.deepEqual(follows().at(-1), { type: 'logs.follow', node: app, afterSeq: 0, source: 'logger' });
  scripted.dropSockets();
  await until('the reconnect', () => follows().length === 3);
  assert.deepEqual(follows().at(-1), { type: 'logs.follow', node: app, afterSeq: 2, source: 'logger' });
});
