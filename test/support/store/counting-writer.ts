/**
 * A process that counts up in a store, in one transaction after the other over rows of every table, and prints each count
 * once it has been saved. A store with rows of two counts shows that something of a transaction was lost.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PlaceRecord, Store } from '../../../packages/console/src/store/store.ts';
import { endWithUs } from '../child-process.ts';

const source = fileURLToPath(
  new URL('../../../packages/console/src/store/sqlite/open-sqlite.ts', import.meta.url),
);
const place = 'ssh://ops@db1';

const program = (file: string, from: number): string => `
  const { openSqliteStore } = await import(${JSON.stringify(source)});
  const store = await openSqliteStore(${JSON.stringify(file)});
  for (let count = ${from}; ; count += 1) {
    const text = String(count).padStart(20, '0');
    await store.transaction(async ({ identity, launchedNodes, sessions }) => {
      await identity.save({ id: text.slice(-8), node: 'convoy-' + text.slice(-8) + '@127.0.0.1' });
      const node = { id: 'x', kind: 'erlang', port: count, osPid: 42, linkCookie: text, keep: false, join: true };
      await launchedNodes.save('${place}', text, { ...node, name: 'a@b' });
      await launchedNodes.delete('${place}', 'n' + (count - 1) + '@b');
      await launchedNodes.save('${place}', text, { ...node, name: 'n' + count + '@b' });
      await sessions.deleteOthers(text);
      await sessions.save(text, [{ digest: text.padStart(64, '0'), createdAt: count, seenAt: count }]);
    });
    process.stdout.write(count + '\\n');
  }`;

export interface CountingWriter {
  readonly child: ChildProcess;
  /** Emits `line` with each count. */
  readonly counts: Interface;
}

/** Starts it on the store in `file`, with the count `from`. */
export function startCountingWriter(file: string, from: number): CountingWriter {
  const args = ['--conditions=@convoy/source', '--input-type=module', '--eval', program(file, from)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(child);
  return { child, counts: createInterface({ input: child.stdout }) };
}

/** Asserts that everything in the store is of one count, and returns that; 0 for an empty store. */
export async function wholeCountOf(store: Store): Promise<number> {
  const [known] = await store.launchedNodes.all();
  const count = known?.nodes.find(({ name }) => name === 'a@b')?.port ?? 0;
  if (known === undefined) return 0;
  const text = String(count).padStart(20, '0');
  const node = {
    id: 'x',
    kind: 'erlang',
    port: count,
    osPid: 42,
    linkCookie: text,
    keep: false,
    join: true,
  } as const;
  const expected: PlaceRecord = {
    place,
    cookie: text,
    nodes: ['a@b', `n${count}@b`].map((name) => ({ ...node, name })),
  };
  assert.deepEqual(known, expected);
  assert.equal((await store.identity.load())?.id, text.slice(-8));
  return count;
}
