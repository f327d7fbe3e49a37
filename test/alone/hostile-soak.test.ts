/**
 * All attacks at once against one console with nodes and shells while users work with it: strangers at every listener, hostile
 * pages, peers that know the cookie, and a node that floods and forges. Nothing ends, the users are served, and memory stays
 * flat. CONVOY_SOAK_SECONDS sets the duration, CONVOY_SOAK_PACE the rate; a summary is printed.
 * `npm run test:all test/alone/hostile-soak.test.ts` takes half an hour at full pace.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NodeView } from '@convoy/console/protocol';
import { EpmdClient } from '@convoy/node/epmd';
import { startNode } from '@convoy/node';
import { endProcess, ProcessOutput } from '../support/child-process.ts';
import { askConsole, launchNode } from '../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../support/console/console-process.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import {
  addsInShell,
  type HonestUser,
  launches,
  listsNodes,
  pings,
} from '../support/console/honest-users.ts';
import type { Target } from '../support/hostile/attacker.ts';
import type { Report } from '../support/hostile/attackers.ts';
import { InspectedProcess, type Reading } from '../support/console/inspected-process.ts';
import { ConsoleClient } from '../support/console/live-client.ts';
import { mayTake } from '../support/time-limit.ts';

const seconds = Number(process.env['CONVOY_SOAK_SECONDS'] ?? 45);
const pace = Number(process.env['CONVOY_SOAK_PACE'] ?? 0.3);
const program = fileURLToPath(new URL('../support/hostile/attackers.ts', import.meta.url));
const quietMs = 3000;
/** How much the heap may grow between the first and the last quarter of the attack, and how much may remain afterwards. */
const mostGainedMb = 64;

interface Scene extends AsyncDisposable {
  readonly convoy: ConsoleProcess;
  readonly target: Target;
  readonly users: readonly HonestUser[];
  /** The process of the node whose port is attacked. */
  readonly nodePid: number;
}

/** Readings of the console, and the resident memory of the node. */
interface Measurement extends Reading {
  readonly nodeMb: number;
}

async function makeScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  // The nodes do not inherit this.
  const convoy = stack.use(await startConsoleProcess({ env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } }));
  const [ts, erlang, evil] = [
    await launchNode(convoy, 'typescript'),
    await launchNode(convoy, 'erlang'),
    await launchNode(convoy, 'erlang'),
  ];
  const cookie = readFileSync(join(convoy.dataDir, 'cookie'), 'utf8').trim();
  const { epmdPort } = convoy;
  const visitor = stack.use(
    await startNode({
      name: 'friend@127.0.0.1',
      cookie,
      hidden: true,
      listen: false,
      epmd: 'system',
      epmdPort,
    }),
  );
  const client = new ConsoleClient(convoy.url);
  const users = [
    listsNodes(client, [ts, erlang, evil]),
    await addsInShell(client, { node: ts, kind: 'ts', end: '' }),
    await addsInShell(client, { node: erlang, kind: 'erl', end: '.' }),
    pings(visitor, [ts, erlang]),
    launches(client),
  ];
  const target = {
    ...(await portsOf(convoy, ts)),
    origin: client.origin,
    token: client.token,
    epmdPort,
    cookie,
    node: ts,
    evil,
    pace,
  };
  const views = await askConsole<NodeView[]>(convoy, '/api/nodes');
  const nodePid = views.find(({ name }) => name === ts)?.osPid ?? 0;
  const owned = stack.move();
  return { convoy, target, users, nodePid, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The ports of the TypeScript node, and of the console's own nodes that are registered with EPMD. */
async function portsOf(
  { epmdPort }: ConsoleProcess,
  node: string,
): Promise<Pick<Target, 'nodePort' | 'distributionPorts'>> {
  const { nodes } = await new EpmdClient({ port: epmdPort }).names();
  const ours = nodes.filter(({ name }) => !name.startsWith('erlang-'));
  const nodePort = ours.find(({ name }) => node.startsWith(`${name}@`))?.port ?? 0;
  assert.ok(nodePort > 0, 'the node is registered');
  return { nodePort, distributionPorts: ours.map(({ port }) => port) };
}

async function attackFor(target: Target, ms: number, onInterval: () => Promise<void>): Promise<Report> {
  const env = { ...process.env, HOSTILE_TARGET: JSON.stringify(target) };
  const child = spawn(process.execPath, ['--conditions=@convoy/source', program], { env, stdio: 'pipe' });
  const output = new ProcessOutput(child, 'the attackers');
  try {
    for (const share of [4, 4, 2]) {
      await Promise.race([delay(ms / share), output.closed]);
      assert.equal(child.exitCode, null, output.text);
      await onInterval();
    }
    child.stdin.end();
    await output.closed;
    return JSON.parse(output.stdout) as Report;
  } finally {
    await endProcess(child);
  }
}

async function measure(console: InspectedProcess, nodePid: number): Promise<Measurement> {
  const status = readFileSync(`/proc/${nodePid}/status`, 'utf8');
  const nodeKb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return { ...(await console.read()), nodeMb: Math.round(nodeKb / 1024) };
}

/** The log lines of the console, counted by message. */
function logged(output: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const { msg = '', level = 0 } = JSON.parse(line) as { msg?: string; level?: number };
    const what = `${level >= 50 ? 'error: ' : ''}${msg}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

function sizeOf({ heapMb, externalMb }: Measurement): number {
  return heapMb + externalMb;
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}

function printReport(
  measurements: Readonly<Record<string, Measurement>>,
  users: readonly HonestUser[],
  report: Report,
): void {
  console.log(`attacked for ${seconds} s at pace ${pace}`);
  for (const [name, counts] of Object.entries(report)) console.log(`  ${name}: ${formatCounts(counts)}`);
  for (const user of users) console.log(`  ${user.describe()}`);
  for (const [when, { rssMb, heapMb, externalMb, meanMs, latestMs, cpuPercent, nodeMb }] of Object.entries(
    measurements,
  )) {
    const memory = `${rssMb} MB, heap ${heapMb} MB, outside it ${externalMb} MB, the node ${nodeMb} MB`;
    console.log(
      `  ${when}: ${memory}; event loop ${meanMs} ms, at most ${latestMs} ms, ${cpuPercent} % of a core`,
    );
  }
}

describe('a console under attack from all sides', { skip: missingPeer('25') }, () => {
  test('serves its users, and keeps its nodes and its size', async (t) => {
    mayTake(t, { seconds: seconds + 60, because: 'the attack takes as long as its user chooses' });
    await using scene = await makeScene();
    const { convoy, target, users, nodePid } = scene;
    await using inside = await InspectedProcess.open(convoy.output());
    const stop = new AbortController();
    const served = Promise.all(users.map((user) => user.run(stop.signal)));
    await delay(quietMs);
    const before = await measure(inside, nodePid);
    const during: Measurement[] = [];
    const report = await attackFor(target, seconds * 1000, async () => {
      during.push(await measure(inside, nodePid));
    });
    await delay(quietMs);
    stop.abort();
    await served;
    const after = await measure(inside, nodePid);
    const [early = before, half = before, late = before] = during;
    printReport(
      { before, 'after a quarter': early, 'after a half': half, 'at the end': late, after },
      users,
      report,
    );
    console.log(`  the console logged: ${formatCounts(logged(convoy.output()))}`);

    assert.equal(convoy.process.exitCode, null, 'the console runs');
    assert.equal(report['strangers at distribution ports']?.['LET IN'], undefined);
    for (const user of users) {
      assert.deepEqual(user.failures, [], user.name);
      assert.ok(user.done > 0, `${user.name} was served`);
    }
    assert.ok(sizeOf(late) - sizeOf(early) < mostGainedMb, 'memory is flat');
    assert.ok(late.nodeMb - early.nodeMb < 2 * mostGainedMb, 'that of the node, too');
    assert.ok(sizeOf(after) - sizeOf(before) < mostGainedMb, 'nothing stays');
  });
});
