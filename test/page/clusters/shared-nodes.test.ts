/** Nodes of other consoles with the same store: shown with their console, and offered nothing that only that one can do. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { nodeNamed } from '../../../packages/console-web/test/scenes.ts';
import { pageTest } from '../page-test.ts';
import { app } from '../page-visit.ts';

const where = 'console:web-2:4000';

function shared(name: string, more: Partial<NodeView> = {}): NodeView {
  return nodeNamed(name, {
    id: `0a1b2c3d:${name}`,
    origin: 'shared',
    owner: { id: '0a1b2c3d', label: 'web-2:4000', url: 'https://two.example.com/' },
    place: { key: where, kind: 'console' },
    provider: where,
    cluster: where,
    ...more,
  });
}

describe('a node of another console', () => {
  pageTest('is shown with its console, and without shells and buttons', {}, async ({ visit }) => {
    const crashed = { code: 'NODE_CRASHED', message: 'old@h ended unexpectedly (exit code 1)' };
    const nodes = [
      nodeNamed(app),
      shared(app),
      shared('old@h', {
        status: 'crashed',
        problem: crashed,
        owner: { id: '0a1b2c3d', label: 'web-2:4000' },
      }),
    ];
    await using visited = await visit({ nodes });
    const { page, scripted } = visited;
    const card = (id: string) => page.locator(`[data-testid="node-card"][data-node="${id}"]`);
    const owner = card(`0a1b2c3d:${app}`).getByTestId('node-owner');
    await owner.waitFor();
    assert.equal(await owner.getByRole('link').getAttribute('href'), 'https://two.example.com/');
    assert.match(await owner.innerText(), /^on web-2:4000$/);
    assert.equal(
      await card(`0a1b2c3d:${app}`).getByRole('button').count(),
      await card(`0a1b2c3d:${app}`).getByTestId('node-details').count(),
    );
    assert.equal(await card('0a1b2c3d:old@h').getByRole('link').count(), 0);
    await card('0a1b2c3d:old@h').getByText('exit code 1').waitFor();
    assert.equal(
      await card('0a1b2c3d:old@h')
        .getByRole('button', { name: /Launch again|Remove/ })
        .count(),
      0,
    );
    assert.equal(await card(app).getByTestId('open-shell').isEnabled(), true);
    await page.keyboard.press('Control+K');
    await page.getByRole('option').first().waitFor();
    const shells = await page
      .getByRole('option', { name: new RegExp(`shell on .*${app}`, 'i') })
      .allInnerTexts();
    assert.ok(shells.length > 0 && shells.every((text) => !text.includes('web-2')), shells.join('; '));
    assert.deepEqual(scripted.requests, []);
  });
});
