/** The log of a node that lives on when the console ends: the next console has every line once, with the same numbers. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogLine } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { mayTake } from '../../../support/time-limit.ts';

const program = `export default () => {
  let number = 0;
  setInterval(() => console.log(\`tick \${number += 1}\`), 20);
};
`;

async function logOf(lives: ConsoleLives, name: string): Promise<LogLine[]> {
  return (await lives.client.ask(`/api/nodes/${name}/logs?lines=2000`)).json as LogLine[];
}

const ticksOf = (lines: readonly LogLine[]): string[] =>
  lines.flatMap(({ text }) => (text.startsWith('tick ') ? [text] : []));

test('the log of a kept node goes on in the next console', async (t) => {
  mayTake(t, { seconds: 90, because: 'three consoles start one after another' });
  const folder = mkdtempSync(join(tmpdir(), 'convoy-ticks-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'tick.mjs');
  writeFileSync(file, program);
  await using lives = await ConsoleLives.start();
  const { name } = await lives.launch({ kind: 'typescript', program: file, keep: true });
  await lives.waitForLine(name, /^tick 20$/);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const before = await logOf(lives, name);
    await lives.end(signal);
    await lives.next();
    await lives.waitFor(name, 'up');
    const count = ticksOf(before).length;
    await lives.waitForLine(name, new RegExp(`^tick ${count + 100}$`));
    const after = await logOf(lives, name);
    assert.deepEqual(after.slice(0, before.length), before, signal);
    const ticks = ticksOf(after);
    assert.deepEqual(
      ticks,
      ticks.map((_, index) => `tick ${index + 1}`),
      signal,
    );
    const seqs = after.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
      signal,
    );
  }
  // Launched again it begins at 1.
  await lives.delete(name);
  const again = await lives.launch({ kind: 'typescript', name: splitNodeName(name).name });
  assert.equal(again.name, name);
  await lives.waitForLine(name, /is up/);
  const [first] = await logOf(lives, name);
  assert.deepEqual([first?.seq, ticksOf(await logOf(lives, name))], [1, []]);
});
