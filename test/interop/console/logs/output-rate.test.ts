/** A launched node that prints fast: every line is numbered, sent in batches and kept. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogLine } from '@convoy/console/protocol';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { eventually } from '../../../support/eventually.ts';

const count = 10_000;
/** 500 lines each tenth of a second. */
const program = `export default () => {
  let number = 0;
  const timer = setInterval(() => {
    let text = '';
    for (let index = 0; index < 500; index += 1) text += \`[info] line \${number += 1} \${'x'.repeat(60)}\\n\`;
    process.stdout.write(text);
    if (number >= ${count}) clearInterval(timer);
  }, 100);
};
`;

test('5000 lines a second from standard output all arrive, in few messages', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-rate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'print.mjs');
  writeFileSync(file, program);
  await using lives = await ConsoleLives.start();
  await using page = await lives.client.live();
  const { name } = await lives.launch({ kind: 'typescript', program: file });
  page.send({ type: 'logs.follow', node: name, afterSeq: 0 });
  const { source, state } = await page.message('logs.state');
  assert.deepEqual([source, state], ['output', 'following']);
  const batches = () => page.messages.filter((message) => message.type === 'logs');
  const lines = (): LogLine[] => batches().flatMap((batch) => batch.lines);
  const printed = (all: readonly LogLine[]): LogLine[] =>
    all.filter(({ text }) => text.startsWith('[info] line '));
  await eventually(`the line ${count}`, 60_000, () =>
    lines().some(({ text }) => text.includes(`line ${count} `)),
  );
  const seqs = lines().map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => (seqs[0] ?? 0) + index),
    'no line is left out or sent twice',
  );
  const texts = printed(lines());
  const bytes = JSON.stringify(batches()).length;
  t.diagnostic(
    `${texts.length} lines in ${batches().length} messages, ${(bytes / texts.length).toFixed(0)} bytes each`,
  );
  assert.ok(texts.every(({ level }) => level === 'info'));
  assert.ok(batches().length < texts.length / 50, String(batches().length));
  assert.ok(bytes < 2.5 * texts.reduce((sum, { text }) => sum + text.length, 0), String(bytes));
  // All of them are kept, those before the page as well.
  const match = encodeURIComponent(String.raw`^\[info\] line \d`);
  const path = `/api/nodes/${name}/logs/download?format=jsonl&match=${match}`;
  const { text } = await lives.client.ask(path);
  const kept = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
  assert.equal(kept.length, count);
});
