/** A console that is killed while browsers log in and out, at moments that it cannot choose. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { attack } from '../../support/attack.ts';
import { endProcess } from '../../support/child-process.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { askHttp, ConsoleClient } from '../../support/console/live-client.ts';
import { runsOf } from '../../support/extent.ts';
import { freePort } from '../../support/free-port.ts';

/** What browsers were told. A request that the kill left without an answer is in neither. */
interface Told {
  readonly loggedIn: Set<string>;
  readonly loggedOut: Set<string>;
}

async function login({ origin, token }: ConsoleClient): Promise<string> {
  const answer = await askHttp(`${origin}/api/session`, { headers: { origin }, body: { token } });
  assert.equal(answer.status, 204);
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Logs in, and out again every other time, until the console is gone. */
async function visit(client: ConsoleClient, told: Told, onAnswer: () => void): Promise<void> {
  const { origin } = client;
  try {
    for (;;) {
      const [stays, leaves] = [await login(client), await login(client)];
      told.loggedIn.add(stays);
      onAnswer();
      const options = { method: 'DELETE', headers: { origin, cookie: leaves } };
      assert.equal((await askHttp(`${origin}/api/session`, options)).status, 204);
      told.loggedOut.add(leaves);
      onAnswer();
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
}

async function visitAndKill({ url, process: child }: ConsoleProcess, told: Told): Promise<void> {
  const client = new ConsoleClient(url);
  let remaining = 1 + Math.floor(Math.random() * 30);
  const onAnswer = (): void => {
    remaining -= 1;
    if (remaining === 0) child.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: 4 }, () => visit(client, told, onAnswer)));
  await endProcess(child);
}

async function check({ url }: ConsoleProcess, { loggedIn, loggedOut }: Told): Promise<void> {
  const { origin } = new ConsoleClient(url);
  const status = async (cookie: string): Promise<number> =>
    (await askHttp(`${origin}/api/tickets`, { headers: { origin, cookie }, body: {} })).status;
  for (const cookie of loggedIn) assert.equal(await status(cookie), 200, 'still logged in');
  for (const cookie of loggedOut) assert.equal(await status(cookie), 401, 'still logged out');
}

attack(
  'Login and sockets',
  'a console that is killed at random moments forgets no login, and no logout',
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'convoy-killed-'));
    const told: Told = { loggedIn: new Set(), loggedOut: new Set() };
    const epmdPort = await freePort();
    const start = (): Promise<ConsoleProcess> =>
      startConsoleProcess({ epmdPort, args: ['--data-dir', dataDir] });
    try {
      for (let round = 0; round < runsOf(8); round += 1) {
        await using running = await start();
        await check(running, told);
        await visitAndKill(running, told);
      }
      await using last = await start();
      await check(last, told);
      assert.ok(told.loggedIn.size + told.loggedOut.size > 0);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  },
);

test('a console of this version runs on the files of an earlier one, and without a warning', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-older-'));
  try {
    const name = 'convoy-0a1b2c3d@127.0.0.1';
    writeFileSync(join(dataDir, 'links.json'), JSON.stringify({ node: name, hosts: {} }));
    await using running = await startConsoleProcess({ args: ['--data-dir', dataDir] });
    const { json } = await new ConsoleClient(running.url).ask('/api/info');
    assert.equal(json.node, name);
    assert.doesNotMatch(running.output(), /warning/i);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
