/**
 * How fast logs go through the console: lines of standard output, beside the time in which the same program prints them to a pipe, and events of a
 * logger, beside the same events while the logger is not followed.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followLogger } from '@convoy/cluster/logs';
import { startNode } from '@convoy/node';
import { startConsoleInProcess } from '../test/support/console/console-in-process.ts';
import { ErlangCluster } from '../test/support/erlang/erlang-cluster.ts';
import type { BenchRow } from './rows.ts';

const lines = 100_000;
const events = 5000;
const print = `let text = '';
for (let number = 1; number <= ${lines}; number += 1) text += \`line \${number} \${'x'.repeat(60)}\\n\`;
`;

export async function benchLogs(): Promise<BenchRow[]> {
  return [await benchOutput(), await benchLogger()];
}

async function benchOutput(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-bench-logs-'));
  try {
    const file = join(folder, 'print.mjs');
    writeFileSync(file, `${print}export default () => void process.stdout.write(text);\n`);
    const alone = join(folder, 'alone.mjs');
    writeFileSync(alone, `${print}process.stdout.write(text);\n`);
    const reference = await timeOf(async () => {
      const child = spawn(process.execPath, [alone], { stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const _chunk of child.stdout);
    });
    await using convoy = await startConsoleInProcess();
    await using page = await convoy.client.live();
    const { json } = await convoy.client.ask('/api/nodes', { body: { kind: 'typescript', program: file } });
    await page.message('node', ({ node }) => node.id === json.node);
    page.send({ type: 'logs.follow', node: json.node, afterSeq: 0 });
    await page.message('logs', (batch) => batch.lines.some(({ text }) => text.startsWith('line ')));
    const ours = await timeOf(() =>
      page.message('logs', (batch) => batch.lines.some(({ text }) => text.startsWith(`line ${lines} `))),
    );
    const batches = page.messages.filter(({ type }) => type === 'logs');
    return {
      name: `${lines} lines of output, to a page and to disk`,
      ours: `${((lines / ours) * 1000).toFixed(0)}/s`,
      reference: `${((lines / reference) * 1000).toFixed(0)}/s to a pipe`,
      ratio: reference / ours,
      target: '5000/s',
      note: `${batches.length} messages, ${(JSON.stringify(batches).length / 1e6).toFixed(1)} MB; what a page cannot be sent in time is left out there, and on disk`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchLogger(): Promise<BenchRow> {
  await using cluster = await ErlangCluster.start({ cookie: 'bench-of-logs' });
  const target = await cluster.erlang('target');
  await using node = await startNode({
    ...{ name: 'reader@127.0.0.1', cookie: 'bench-of-logs', epmdPort: cluster.epmdPort },
    ...{ hidden: true, isolated: true, listen: false, epmd: 'none' },
  });
  await target.eval('logger:remove_handler(default)');
  const each = async (): Promise<number> =>
    Number(
      await target.eval(
        `element(1, timer:tc(fun() -> [logger:error("event ~w", [N]) || N <- lists:seq(1, ${events})], ok end)) / ${events}`,
      ),
    );
  const unfollowed = await each();
  let [sent, dropped] = [0, 0];
  const answer = await followLogger(node, target.name, {
    onEvents: (some, lost) => {
      sent += some.length;
      dropped += lost;
    },
    onEnd: () => undefined,
  });
  const followed = await each();
  if (answer.state === 'following') await answer.logger.close();
  return {
    name: 'a call of logger:error/2 on a node that is followed',
    ours: `${followed.toFixed(1)} us`,
    reference: `${unfollowed.toFixed(1)} us, not followed`,
    ratio: unfollowed / followed,
    target: '-',
    note: `of ${events} events in one burst ${sent} were sent and ${dropped} counted as dropped`,
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
