/** A host reached by SSH from the page: an unknown key, live steps, the nodes that run there, and new ones. */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBrowser, withoutBrowser } from '../support/console/browser.ts';
import { startConsoleProcess } from '../support/console/console-process.ts';
import { ErlangCluster } from '../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { eventually } from '../support/eventually.ts';
import { missingSshd, startSshServer } from '../support/network/ssh-server.ts';

const skip = withoutBrowser || missingPeer('25', 'elixir') || (missingSshd() ?? false);
const cookie = 'cookie_of_the_far_nodes';

/** Two home folders: of the user that the console runs as, with a key, and of the login on the host, with a cookie. */
function makeHomes(): { readonly near: string; readonly far: string; [Symbol.dispose](): void } {
  const [near, far] = ['near', 'far'].map((name) => mkdtempSync(join(tmpdir(), `convoy-${name}-`))) as [
    string,
    string,
  ];
  mkdirSync(join(near, '.ssh'), { mode: 0o700 });
  writeFileSync(join(far, '.erlang.cookie'), cookie, { mode: 0o600 });
  return {
    near,
    far,
    [Symbol.dispose]() {
      for (const home of [near, far]) rmSync(home, { recursive: true, force: true });
    },
  };
}

test('connects over SSH, attaches a node, launches another, and leaves nothing', { skip }, async () => {
  using homes = makeHomes();
  await using cluster = await ErlangCluster.start({ cookie });
  await using server = await startSshServer({
    trusted: false,
    env: { ERL_EPMD_PORT: String(cluster.epmdPort), HOME: homes.far },
  });
  copyFileSync(server.identityFile, join(homes.near, '.ssh', 'id_ed25519'));
  const remote = await cluster.erlang('app@db1', { kind: 'elixir' });
  await using convoy = await startConsoleProcess({ env: { HOME: homes.near, SSH_AUTH_SOCK: '' } });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const shot = async (name: string): Promise<void> => {
      const folder = process.env['CONVOY_SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
    };
    await page.goto(convoy.url);
    await page.getByTestId('ssh-open').first().click();
    await page.getByTestId('ssh-target').fill(server.target);
    await page.getByTestId('ssh-connect').click();

    // The key is unknown: it is shown, and only the user can trust it.
    const fingerprint = page.getByTestId('ssh-fingerprint');
    await fingerprint.waitFor();
    assert.equal(await fingerprint.innerText(), server.hostKeyFingerprint);
    await shot('ssh-unknown-key');
    await page.getByTestId('ssh-trust').click();

    const panel = page.getByTestId('host-panel');
    await panel.waitFor();
    assert.match(await panel.innerText(), /Connected\s+OTP 25, Elixir 1\.14\.0 on/);
    assert.match(
      await panel.innerText(),
      /Log in by SSH[\s\S]*Look for Erlang and Elixir[\s\S]*List the nodes/,
    );
    const node = page.getByTestId('host-node').filter({ hasText: 'app@db1' });
    await shot('ssh-host');
    await node.getByRole('button', { name: 'Connect' }).click();
    await node.getByRole('button', { name: 'Connected' }).waitFor();

    await page.getByTestId('host-launch-erlang').click();
    const chosen = page.locator('[data-testid="launch-place"]:checked');
    assert.match((await chosen.getAttribute('data-place')) ?? '', /^ssh:/);
    await page.getByTestId('confirm-launch').click();
    await page.getByText('erlang-1').first().waitFor();
    const names = async (): Promise<string> =>
      (await page.locator('.node-table').innerText()).replaceAll('\n', ' ');
    await eventually('both nodes to be up', 60_000, async () =>
      /2 of 2 nodes up/.test(await page.innerText('main')),
    );
    assert.match(await names(), /app@db1|app @db1/);
    await shot('ssh-nodes');

    // The two have different cookies: joining them would fail, so it is not offered.
    await page.locator('[data-node="app@db1"]').getByTestId('node-peers').click();
    await page.getByRole('menu').getByText('have another cookie').waitFor();
    assert.equal(await page.getByRole('menuitem').count(), 0);
    await page.keyboard.press('Escape');

    // The doctor, through the tunnel.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('doctor about app@db1');
    await page.keyboard.press('Enter');
    const findings = page.getByTestId('doctor-dialog');
    await page.getByTestId('doctor-fine').waitFor();
    assert.match(
      await findings.innerText(),
      /Log in by SSH[\s\S]*Find the node through the tunnel[\s\S]*can be reached/,
    );
    await shot('doctor');
    await findings.getByRole('button', { name: 'Done' }).click();

    // A shell on the node that was already running.
    const row = page.locator('.node-row').filter({ hasText: 'app' }).first();
    await row.getByTestId('open-shell').click();
    await page.locator('.xterm-rows').first().getByText('iex(app@db1)1>').waitFor();
    await page.keyboard.type('40 + 2\n');
    await page.locator('.xterm-rows').first().getByText('42', { exact: true }).waitFor();
    await shot('ssh-shell');

    await page.getByTestId('host-chip').click();
    await page.getByTestId('host-close').click();
    await eventually(
      'no node to be left',
      30_000,
      async () => !/erlang-1/.test(await page.innerText('main')),
    );
    const folder = join(homes.far, '.convoy', 'nodes');
    assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
    assert.ok(remote.isRunning, 'the node that was there goes on');
  } finally {
    await browser.close();
  }
});
