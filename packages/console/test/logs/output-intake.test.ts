import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ProviderLog, ProviderLogLine } from '@convoy/cluster';
import { Faults } from '../../src/fault-boundary.ts';
import { NodeHistory } from '../../src/logs/node-history.ts';
import { OutputIntake } from '../../src/logs/output-intake.ts';

const parent = mkdtempSync(join(tmpdir(), 'convoy-intake-'));
after(() => rmSync(parent, { recursive: true, force: true }));
const faults = new Faults({ error: assert.fail });
let folders = 0;

/** An output with these lines: texts, and where they end. */
class Output implements ProviderLog {
  readonly #lines: ProviderLogLine[] = [];
  readonly #followers = new Set<(line: ProviderLogLine) => void>();

  constructor(...lines: Omit<ProviderLogLine, 'seq' | 'stream'>[]) {
    for (const line of lines) this.add(line);
  }

  add(line: Omit<ProviderLogLine, 'seq' | 'stream'>): void {
    const added = { ...line, seq: this.#lines.length + 1, stream: 'stdout' as const };
    this.#lines.push(added);
    for (const follower of this.#followers) follower(added);
  }

  lines(): ProviderLogLine[] {
    return this.#lines;
  }

  follow(listener: (line: ProviderLogLine) => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }
}

const openIn = (folder: string): NodeHistory =>
  new NodeHistory({ folder: join(parent, folder), maxBytes: 1_000_000, onProblem: () => assert.fail() });

const textsOf = (history: NodeHistory): string[] =>
  history.recent(0).map(({ seq, text }) => `${seq} ${text}`);

/** What a console stores of one output, and then the next one of another. */
async function storeTwice(first: Output, second: Output): Promise<NodeHistory> {
  folders += 1;
  const folder = String(folders);
  const before = openIn(folder);
  new OutputIntake(first, before, faults).close();
  await before.flush();
  const next = openIn(folder);
  new OutputIntake(second, next, faults).close();
  return next;
}

test('copies what an output has and what comes, with the level that a line states', () => {
  const output = new Output({ at: 1, text: 'one' });
  const history = openIn('live');
  const intake = new OutputIntake(output, history, faults);
  output.add({ at: 2, text: '[error] two' });
  intake.close();
  output.add({ at: 3, text: 'three' });
  assert.deepEqual(history.recent(0), [
    { seq: 1, at: 1, stream: 'stdout', text: 'one' },
    { seq: 2, at: 2, stream: 'stdout', text: '[error] two', level: 'error' },
  ]);
});

test('a file that is read again is copied from where the last console was', async () => {
  const first = [
    { at: 1, text: 'same', position: 5 },
    { at: 1, text: 'same', position: 10 },
  ];
  const later = new Output(...first.map((line) => ({ ...line, at: 9 })), {
    at: 9,
    text: 'same',
    position: 15,
  });
  const history = await storeTwice(new Output(...first), later);
  assert.deepEqual(textsOf(history), ['1 same', '2 same', '3 same']);
  assert.equal(history.lastPosition, 15);
});

test('a file that was emptied later is copied from its start', async () => {
  const output = new Output({ at: 1, text: 'long before', position: 100 });
  const history = await storeTwice(
    output,
    new Output(
      { at: 2, text: 'long before', position: 100 },
      { at: 2, text: 'after', position: 110 },
      { at: 3, text: 'emptied', position: 8 },
    ),
  );
  assert.deepEqual(textsOf(history), ['1 long before', '2 after', '3 emptied']);
});

test('a file that was emptied while no console was there is copied from its start', async () => {
  const first = new Output({ at: 1, text: 'long before', position: 100 });
  const later = new Output(
    { at: 2, text: 'since then', position: 11 },
    { at: 2, text: 'more', position: 16 },
  );
  assert.deepEqual(textsOf(await storeTwice(first, later)), ['1 long before', '2 since then', '3 more']);
});

test('lines of a platform are known by their time and text', async () => {
  const first = [
    { at: 10, text: 'a' },
    { at: 20, text: 'b' },
  ];
  const later = new Output({ at: 5, text: 'older' }, ...first, { at: 20, text: 'c' }, { at: 30, text: 'd' });
  assert.deepEqual(textsOf(await storeTwice(new Output(...first), later)), ['1 a', '2 b', '3 c', '4 d']);
});
