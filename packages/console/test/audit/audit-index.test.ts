import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AuditIndex } from '../../src/audit/audit-index.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { linesFromEnd } from '../../src/audit/lines-from-end.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite.ts';
import type { AuditRecords, Store } from '../../src/store/store.ts';

const actor = { label: 'token', address: '127.0.0.1' };

interface World {
  readonly file: string;
  readonly store: Store;
  /** Errors of the index. */
  readonly problems: unknown[];
  /** A log and its index, as a console has them until `close`. */
  open(records?: AuditRecords, keep?: number): Opened;
}

interface Opened {
  readonly log: AuditLog;
  readonly index: AuditIndex;
  nodes(): Promise<(string | undefined)[]>;
  close(): Promise<void>;
}

async function inWorld(body: (world: World) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-audit-'));
  const file = join(folder, 'audit.jsonl');
  const store = await openSqliteStore(join(folder, 'store.sqlite'));
  const problems: unknown[] = [];
  const open = (records = store.audit, keep?: number): Opened => {
    const log = new AuditLog(file);
    const index = new AuditIndex({ log, file, records, keep, onProblem: (error) => problems.push(error) });
    return {
      log,
      index,
      nodes: async () => (await index.find({ limit: 1000 })).entries.map(({ node }) => node),
      async close() {
        await index.close();
        log.close();
      },
    };
  };
  try {
    await body({ file, store, problems, open });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

describe('the index of the audit log', () => {
  test('finds an entry as soon as it is written, with its details', () =>
    inWorld(async ({ open }) => {
      const { log, index, close } = open();
      log.record('node.join', actor, { node: 'a@h', peer: 'b@h', cookie: undefined });
      const { entries, next } = await index.find({ limit: 10 });
      assert.deepEqual(
        entries.map(({ at, ...entry }) => [Number.isNaN(Date.parse(at)), entry]),
        [
          [
            false,
            {
              event: 'node.join',
              actor: 'token',
              address: '127.0.0.1',
              node: 'a@h',
              detail: { peer: 'b@h' },
            },
          ],
        ],
      );
      assert.equal(next, undefined);
      await close();
    }));

  test('finds a launch by the name that was asked for', () =>
    inWorld(async ({ open }) => {
      const { log, index, close } = open();
      log.record('node.launch', actor, { kind: 'elixir', name: 'web' });
      log.record('node.delete', actor, { node: 'web@h' });
      for (const node of ['web', 'web@h'])
        assert.equal((await index.find({ node, limit: 10 })).entries.length, 2, node);
      await close();
    }));

  test('is read in pages, the newest first', () =>
    inWorld(async ({ open }) => {
      const { log, index, close } = open();
      for (let number = 0; number < 5; number += 1)
        log.record('node.delete', actor, { node: `n${number}@h` });
      const first = await index.find({ limit: 2 });
      assert.deepEqual(
        first.entries.map(({ node }) => node),
        ['n4@h', 'n3@h'],
      );
      log.record('node.delete', actor, { node: 'meanwhile@h' });
      const second = await index.find({ limit: 3, before: Number(first.next) });
      assert.deepEqual(
        second.entries.map(({ node }) => node),
        ['n2@h', 'n1@h', 'n0@h'],
      );
      assert.equal(second.next, undefined);
      await close();
    }));

  test('has what earlier versions and killed consoles have written, each entry once', () =>
    inWorld(async ({ file, open }) => {
      const line = (node: string): string =>
        `${JSON.stringify({ at: '2026-12-01T10:00:00.000Z', event: 'node.delete', actor: 'token', address: '', node })}\n`;
      writeFileSync(file.replace('.jsonl', '.1.jsonl'), line('rotated@h'));
      writeFileSync(file, `${line('old@h')}{"torn":\nnot json\n${line('old@h')}`);
      const first = open();
      first.log.record('node.delete', actor, { node: 'new@h' });
      const all = ['new@h', 'old@h', 'old@h', 'rotated@h'];
      assert.deepEqual(await first.nodes(), all);
      await first.close();
      // Written by a console that was killed before it told the index.
      appendFileSync(file, line('killed@h'));
      const second = open();
      assert.deepEqual(await second.nodes(), ['killed@h', ...all]);
      await second.close();
    }));

  test('catches up with what it could not save, and holds nothing up meanwhile', () =>
    inWorld(async ({ store, problems, open }) => {
      let isFull = false;
      const records: AuditRecords = {
        find: (filter) => store.audit.find(filter),
        add: (...entries) =>
          isFull ? Promise.reject(new Error('the disk is full')) : store.audit.add(...entries),
      };
      const { log, nodes, close } = open(records);
      log.record('node.delete', actor, { node: 'before@h' });
      assert.deepEqual(await nodes(), ['before@h']);
      isFull = true;
      for (let number = 0; number < 1500; number += 1)
        log.record('node.delete', actor, { node: `n${number}@h` });
      await assert.rejects(nodes(), /the disk is full/);
      isFull = false;
      const found = await nodes();
      assert.equal(found[0], 'n1499@h');
      const { length } = await store.audit.find({ limit: 5000 });
      assert.equal(length, 1501);
      await close();
      assert.deepEqual(problems, []);
    }));

  test('keeps so many entries, and no more of an entry than fits', () =>
    inWorld(async ({ open }) => {
      const { log, index, nodes, close } = open(undefined, 3);
      for (let number = 0; number < 5; number += 1)
        log.record('node.delete', actor, { node: `n${number}@h` });
      log.record('node.launch', actor, { node: 'long@h', variables: 'X '.repeat(10_000) });
      assert.deepEqual(await nodes(), ['long@h', 'n4@h', 'n3@h']);
      assert.deepEqual((await index.find({ limit: 1 })).entries[0]?.detail, {});
      await close();
    }));
});

test('the lines of a file are read from its end, also those longer than a chunk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-lines-'));
  try {
    const file = join(folder, 'lines');
    assert.deepEqual([...linesFromEnd(file)], []);
    const lines = ['first', 'ä'.repeat(100_000), 'x'.repeat(65_535), '日本', 'last'];
    for (const end of ['', '\n']) {
      writeFileSync(file, `${lines.join('\n')}${end}`);
      assert.deepEqual([...linesFromEnd(file)], lines.toReversed());
    }
    writeFileSync(file, '');
    assert.deepEqual([...linesFromEnd(file)], []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
