/** Several consoles on one store in PostgreSQL: what they see of one another, and what they leave alone. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { endProcess } from '../../support/child-process.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll } from '../../support/extent.ts';
import { mayTake } from '../../support/time-limit.ts';
import { missingPostgres, startPostgres } from '../../support/network/postgres-server.ts';
import { createDatabase, postgresDatabases } from '../../support/store/postgres-database.ts';

const makeDatabase = postgresDatabases();

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-shared-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function launch(client: ConsoleClient, name: string): Promise<NodeView> {
  const asked = await client.ask('/api/nodes', { body: { kind: 'typescript', name } });
  assert.equal(asked.status, 202, asked.text);
  const { node } = asked.json as { readonly node: string };
  return eventuallyNode(client, (view) => view.name === node && view.status === 'up');
}

async function eventuallyNode(client: ConsoleClient, fits: (view: NodeView) => boolean): Promise<NodeView> {
  let found: NodeView | undefined;
  await eventually('the node is listed', 60_000, async () => {
    const { json } = await client.ask('/api/nodes');
    found = (json as NodeView[]).find(fits);
    return found !== undefined;
  });
  assert.ok(found !== undefined);
  return found;
}

describe('consoles with one store in PostgreSQL', { skip: onlyInAll(missingPostgres) }, () => {
  test('list one another’s nodes, and only the owner opens and changes them', () =>
    inFolder(async (folder) => {
      await using database = await makeDatabase();
      const storeFile = join(folder, 'address');
      writeFileSync(storeFile, database.address, { mode: 0o600 });
      const start = (name: string, ...args: string[]): Promise<ConsoleProcess> =>
        startConsoleProcess({ args: ['--data-dir', join(folder, name), '--store-file', storeFile, ...args] });
      await using first = await start('first', '--allowed-host', 'https://one.example.com');
      await using second = await start('second');
      const [one, two] = [new ConsoleClient(first.url), new ConsoleClient(second.url)];
      const own = await launch(one, 'alpha');

      const shown = await eventuallyNode(two, ({ origin, status }) => origin === 'shared' && status === 'up');
      assert.deepEqual([shown.name, shown.status, shown.kind], [own.name, 'up', 'typescript']);
      assert.match(shown.owner?.label ?? '', /:\d+$/);
      assert.equal(shown.owner?.url, 'https://one.example.com/');
      assert.ok(!JSON.stringify(shown).includes(one.token));

      const path = `/api/nodes/${encodeURIComponent(shown.id)}`;
      const stop = await two.ask(path, { method: 'DELETE' });
      assert.deepEqual([stop.status, stop.json.error.code], [409, 'CONSOLE_OTHER_CONSOLE']);
      assert.match(stop.json.error.message, new RegExp(`is a node of the console ${shown.owner?.label}`));
      assert.equal((await two.ask(`${path}/logs`)).status, 409);
      assert.equal((await two.ask('/api/doctor', { body: { node: shown.id } })).status, 409);
      await using live = await two.live();
      live.send({ type: 'shell.open', requestId: 'r', node: shown.id, cols: 80, rows: 24 });
      const refused = await live.message('problem');
      assert.equal(refused.problem.code, 'CONSOLE_OTHER_CONSOLE');
      const { json } = await one.ask('/api/nodes');
      assert.deepEqual(
        (json as NodeView[]).map(({ id, status }) => [id, status]),
        [[own.id, 'up']],
      );
      const listed = await runConvoy(['list', '--data-dir', join(folder, 'second')]);
      assert.match(listed.stdout, new RegExp(own.name));
      assert.ok(!existsSync(join(folder, 'second', 'store.sqlite')));
      await endProcess(first.process, 'SIGTERM');
      await live.message('node.gone', ({ name }) => name === shown.id);
    }));

  test('show a console that was killed as last seen, and it comes back as the same', (t) =>
    inFolder(async (folder) => {
      mayTake(t, { seconds: 90, because: 'a console counts as gone after 20 s' });
      await using database = await makeDatabase();
      const env = { CONVOY_STORE: database.address };
      const dirOf = (name: string): string[] => ['--data-dir', join(folder, name)];
      await using first = await startConsoleProcess({ args: dirOf('first'), env });
      await using second = await startConsoleProcess({ args: dirOf('second'), env });
      const [one, two] = [new ConsoleClient(first.url), new ConsoleClient(second.url)];
      const { node: nodeOfConsole } = (await one.ask('/api/info')).json;
      const own = await launch(one, 'alpha');
      const isShared = ({ origin, name }: NodeView): boolean => origin === 'shared' && name === own.name;
      const before = await eventuallyNode(two, isShared);
      await endProcess(first.process, 'SIGKILL');
      const gone = await eventuallyNode(
        two,
        (view) => isShared(view) && view.owner?.lastSeenAt !== undefined,
      );
      assert.deepEqual([gone.id, gone.status], [before.id, 'unreachable']);
      assert.match(gone.problem?.message ?? '', /was last seen at 20/);

      await using again = await startConsoleProcess({ args: dirOf('first'), env });
      const back = new ConsoleClient(again.url);
      assert.equal((await back.ask('/api/info')).json.node, nodeOfConsole);
      const next = await launch(back, 'beta');
      const seen = await eventuallyNode(two, ({ name }) => name === next.name);
      assert.equal(seen.owner?.id, before.owner?.id);
      assert.deepEqual(
        (await two.ask('/api/nodes')).json.map(({ name }: NodeView) => name),
        [next.name],
      );
    }));

  test('go on when the database is gone, say so, and end in order', () =>
    inFolder(async (folder) => {
      const server = await startPostgres();
      const database = await createDatabase(server, 'store');
      await using running = await startConsoleProcess({
        args: ['--data-dir', join(folder, 'state')],
        env: { CONVOY_STORE: database.address },
      });
      const client = new ConsoleClient(running.url);
      assert.equal((await client.ask('/api/audit')).status, 200);
      await server[Symbol.asyncDispose]();
      const search = await client.ask('/api/audit');
      assert.deepEqual([search.status, search.json.error.code], [503, 'CONSOLE_STORE_UNREACHABLE']);
      assert.equal((await launch(client, 'alpha')).status, 'up');
      await eventually('the log says so', 30_000, () => running.output().includes('out of date'));
      const code = await new Promise((resolve) => {
        running.process.once('exit', resolve);
        running.process.kill('SIGTERM');
      });
      assert.equal(code, 0, running.output());
    }));
});

test('a console whose store cannot be reached says so in a sentence, without the password', () =>
  inFolder(async (folder) => {
    const args = ['up', '--port', '0', '--data-dir', join(folder, 'state')];
    const env = { CONVOY_STORE: 'postgres://convoy:s3cret@127.0.0.1:1/convoy' };
    const { code, stderr, stdout } = await runConvoy(args, { env });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /cannot use the store postgres:\/\/127\.0\.0\.1:1\/convoy: the connection is refused \[CONSOLE_STORE_UNREACHABLE\]/,
    );
    const flag = await runConvoy([...args, '--store', env.CONVOY_STORE]);
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /--store contains a password/);
    assert.ok(![stderr, stdout, flag.stderr].join('').includes('s3cret'));
  }));
