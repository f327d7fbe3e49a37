/** A whole console whose disk fills up: what still works, what does not, and where that is reported. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { startConsole, type RunningConsole } from '@convoy/console';
import { attack } from '../../support/attack.ts';
import { askHttp, ConsoleClient } from '../../support/console/live-client.ts';
import { noSmallDisk, SmallDisk } from '../../support/small-disk.ts';

interface World extends AsyncDisposable {
  readonly client: ConsoleClient;
  readonly disk: SmallDisk;
  entries(): Record<string, unknown>[];
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function startWorld(): Promise<World> {
  const disk = new SmallDisk(256);
  const epmd: EpmdServer = await startEpmdServer({ port: 0 });
  const dataDir = join(disk.path, 'state');
  const running: RunningConsole = await startConsole({
    port: 0,
    dataDir,
    convoyCommand: ['false'],
    epmdPort: epmd.port,
    logger: quiet,
  });
  return {
    client: new ConsoleClient(running.url),
    disk,
    entries: () =>
      readFileSync(join(dataDir, 'audit.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async [Symbol.asyncDispose]() {
      await running.close();
      await epmd.close();
      disk[Symbol.dispose]();
    },
  };
}

/** Logs in as a page does; returns the headers of its further requests. */
async function login({ origin, token }: ConsoleClient): Promise<Record<string, string>> {
  const answer = await askHttp(`${origin}/api/session`, { headers: { origin }, body: { token } });
  assert.equal(answer.status, 204);
  return { origin, cookie: String(answer.headers['set-cookie']?.[0]).split(';', 1)[0] ?? '' };
}

attack(
  'Audit log',
  'with a full disk, launches and shells are refused, users can log in, stop and delete, and every page shows a warning',
  async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    await using world = await startWorld();
    const { client, disk } = world;
    await using live = await client.live();
    disk.fill();
    // What is left of the last page takes a few entries more.
    for (let status = 200; status !== 507;) {
      const refused = await client.ask('/api/nodes', {
        body: { kind: 'elixir', name: 'x'.repeat(40), provider: 'no' },
      });
      status = refused.status;
      if (status === 507) assert.equal(refused.json.error.code, 'CONSOLE_AUDIT_FAILED');
    }
    const { problem } = await live.message('audit');
    assert.match(problem?.message ?? '', /the disk is full/);
    const page = await login(client);
    const stopped = await client.ask('/api/nodes/a@h', { method: 'DELETE' });
    assert.equal(stopped.json.error.code, 'PROVIDER_NO_NODE', 'it was tried');
    await using late = await client.live();
    await late.message('audit', (message) => message.problem !== undefined);
    disk.free();
    await live.message('audit', (message) => message.problem === undefined);
    assert.equal(
      (await askHttp(`${client.origin}/api/session`, { method: 'DELETE', headers: page })).status,
      204,
    );
    const entries = world.entries().slice(-4);
    assert.deepEqual(
      entries.map(({ event }) => event),
      ['login', 'node.delete', 'audit.gap', 'logout'],
    );
    const [first, , , last] = entries;
    assert.match(String(last?.['actor']), /^[0-9a-f]{8}$/);
    assert.equal(last?.['actor'], first?.['actor'], 'the logout says whose session it was');
  },
);

attack(
  'Audit log',
  'a wrong token in a header is in the log as a wrong login is, and repeated ones are counted',
  async (context) => {
    if (noSmallDisk !== false) return context.skip(noSmallDisk);
    await using world = await startWorld();
    const { client } = world;
    const headers = { authorization: 'Bearer not-the-token-at-all' };
    for (let count = 0; count < 50; count += 1) await askHttp(`${client.origin}/api/nodes`, { headers });
    const body = { token: 'not-the-token-at-all' };
    for (let count = 0; count < 50; count += 1) {
      await askHttp(`${client.origin}/api/session`, { headers: { origin: client.origin }, body });
    }
    const entries = world.entries();
    assert.deepEqual(
      entries.map(({ event, code }) => [event, code]),
      [
        ['login.refused', 'CONSOLE_WRONG_TOKEN'],
        ['login.refused', 'CONSOLE_TOO_MANY'],
      ],
    );
    assert.ok(!JSON.stringify(entries).includes('not-the-token'));
  },
);
