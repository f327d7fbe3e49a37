/** An SSH host whose key the console does not know: the fingerprint to compare, and the decision to trust it or not. */

import assert from 'node:assert/strict';
import type { HostRequest, HostView } from '@convoy/console/protocol';
import { pageTest } from './page-test.ts';
import { until } from './page-visit.ts';
import type { ScriptedConsole } from './scripted-console.ts';
import { busyCluster } from '../../packages/console-web/test/scenes.ts';
import { connectedHost, unknownHost } from '../../packages/console-web/test/host-scenes.ts';

/** Makes the console answer about a host, which is connected once its key is trusted. Returns what was requested. */
function scriptHost(scripted: ScriptedConsole, first: HostView): HostRequest[] {
  const asked: HostRequest[] = [];
  let host = first;
  scripted.answers.set('POST /api/hosts', (body) => {
    const request = body as HostRequest;
    asked.push(request);
    host = request.acceptHostKey === unknownHost().hostKey?.fingerprint ? connectedHost() : first;
    const { problem: _problem, hostKey: _hostKey, ...connecting } = host;
    return { status: 202, answer: { ...connecting, state: 'connecting', steps: [], nodes: [] } };
  });
  scripted.answers.set(`GET /api/hosts/${first.id}`, () => ({ status: 200, answer: host }));
  scripted.answers.set(`DELETE /api/hosts/${first.id}`, () => ({ status: 204 }));
  return asked;
}

pageTest('an unknown key is shown large, and the main act is to trust it or not', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const asked = scriptHost(scripted, unknownHost());
  await page.getByTestId('ssh-open').click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
  await page.keyboard.press('Enter');

  const dialog = page.getByRole('dialog', { name: 'Is this the right host?' });
  const fingerprint = dialog.getByTestId('ssh-fingerprint');
  assert.equal(await fingerprint.innerText(), unknownHost().hostKey?.fingerprint);
  const sizes = await fingerprint.evaluate((text) =>
    [text, document.body].map((one) => Number.parseFloat(getComputedStyle(one).fontSize)),
  );
  assert.ok(
    (sizes[0] ?? 0) >= 1.5 * (sizes[1] ?? 0),
    `the fingerprint has ${sizes[0]} px, text ${sizes[1]} px`,
  );
  await dialog.getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub').waitFor();

  // In the words of the page: no options of a library or of the command.
  const text = await dialog.innerText();
  assert.doesNotMatch(text, /accept new keys|--accept|acceptNewHostKey|Try again/);
  assert.deepEqual(await dialog.locator('footer').getByRole('button').allInnerTexts(), [
    'Do not trust',
    'Trust and connect',
  ]);
  assert.match((await dialog.getByTestId('ssh-trust').getAttribute('class')) ?? '', /primary/);

  await dialog.getByTestId('ssh-trust').click();
  await page.getByTestId('host-panel').waitFor();
  assert.deepEqual(asked, [
    { target: 'ops@db1.example', acceptNewHostKey: false },
    {
      target: 'ssh://ops@db1.example',
      acceptNewHostKey: false,
      acceptHostKey: unknownHost().hostKey?.fingerprint,
    },
  ]);
});

pageTest('a key that is not trusted leaves no host behind', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const asked = scriptHost(scripted, unknownHost());
  await page.getByTestId('ssh-open').click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
  await page.keyboard.press('Enter');
  await page.getByTestId('ssh-refuse').waitFor();
  // Enter, pressed without reading, does not trust it.
  await page.keyboard.press('Enter');
  await page.getByTestId('ssh-dialog').waitFor({ state: 'detached' });
  await until('the host to be forgotten', () => scripted.requests.some(({ method }) => method === 'DELETE'));
  assert.equal(asked.length, 1);
  await page.getByTestId('host-chip').waitFor({ state: 'detached' });
});

pageTest('a key that has changed cannot be accepted', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const problem = {
    code: 'SSH_HOST_KEY_CHANGED',
    message: 'ops@db1.example presented a key other than the known one',
    remedy: 'This may be a man-in-the-middle attack.',
  };
  scriptHost(scripted, { ...unknownHost(), problem });
  await page.getByTestId('ssh-open').click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'The key of this host has changed' }).waitFor();
  await page.getByTestId('ssh-fingerprint').waitFor();
  assert.equal(await page.getByTestId('ssh-trust').count(), 0);
  await page.getByText('This may be a man-in-the-middle attack.').waitFor();
});

pageTest('a host that cannot be reached can be corrected, with what was typed', {}, async ({ visit }) => {
  await using visited = await visit({ nodes: busyCluster() });
  const { page, scripted } = visited;
  const { hostKey: _hostKey, ...host } = unknownHost();
  const problem = { code: 'SSH_HOST_UNKNOWN', message: 'it does not resolve', remedy: 'Correct it.' };
  scriptHost(scripted, { ...host, problem });
  await page.getByTestId('ssh-open').click();
  await page.getByTestId('ssh-target').fill('ops@db1.example');
  await page.keyboard.press('Enter');
  await page.getByTestId('ssh-change').click();
  assert.equal(await page.getByTestId('ssh-target').inputValue(), 'ops@db1.example');
});
