/** `convoy logs --follow`: each line once and in order, until the node or the console ends. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { LogLine, NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { makeFolder } from '../../../packages/cli/test/temporary-folder.ts';
import { endProcess } from '../../support/child-process.ts';
import { askConsole, launchNode } from '../../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { eventually } from '../../support/eventually.ts';
import { TcpRelay } from '../../support/network/tcp-relay.ts';

/** Makes the node print lines: it refuses calls of functions that it does not expose, and says so. */
async function makePrint(convoy: ConsoleProcess, node: string, times: number): Promise<void> {
  const env = { ERL_EPMD_PORT: String(convoy.epmdPort) };
  for (let count = 0; count < times; count += 1) {
    const call = ['rpc', node, 'nosuch', `f${count}`, '--data-dir', convoy.dataDir];
    assert.equal((await runConvoy(call, { env })).code, 1);
  }
}

function parseLines(text: string): (LogLine & { readonly node: string })[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function lastSeq(convoy: ConsoleProcess, node: string): Promise<number> {
  const lines = await askConsole<LogLine[]>(convoy, `/api/nodes/${node}/logs?lines=1`);
  return lines.at(-1)?.seq ?? 0;
}

/** Waits until it has printed the last line that the console has of a node. */
async function waitForLastLine(follower: ConvoyProcess, convoy: ConsoleProcess, node: string): Promise<void> {
  await eventually(`the last line of ${node} to be printed`, 30_000, async () => {
    const last = await lastSeq(convoy, node);
    return parseLines(follower.stdout).some((line) => line.node === node && line.seq === last);
  });
}

function assertEachOnce(text: string, node: string): void {
  const seqs = parseLines(text).flatMap((line) => (line.node === node ? [line.seq] : []));
  const first = seqs[0] ?? 0;
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => first + index),
  );
}

const endings = [
  ['SIGKILL', /ended unexpectedly \(signal SIGKILL\)/],
  ['SIGTERM', /was stopped \(exit code 0\)/],
] as const;

describe('convoy logs --follow', () => {
  test('prints the last lines and new ones of a node, by its short name, until it is stopped', async () => {
    await using convoy = await startConsoleProcess();
    const node = await launchNode(convoy, 'typescript');
    const { name } = splitNodeName(node);
    const data = ['--data-dir', convoy.dataDir];
    await using follower = new ConvoyProcess(['logs', name, '--follow', '--lines', '1', ...data]);
    await follower.waitFor(/\n/);
    await makePrint(convoy, node, 1);
    await follower.waitFor(/refused nosuch:f0/);
    assert.equal((await runConvoy(['stop', name, ...data])).code, 0);
    const { code, stdout, stderr } = await follower.result();
    assert.deepEqual([code, stderr], [0, `convoy: ${node} is gone\n`]);
    assert.doesNotMatch(stdout, / \| /);
    // Who is gone last, and how, depends on which connection the node sees end first.
    assert.match(stdout, / is gone: \w+\n$/);
  });

  for (const [signal, told] of endings) {
    test(`ends with a node that ends by ${signal}, after everything that it printed`, async () => {
      await using convoy = await startConsoleProcess();
      const node = await launchNode(convoy, 'typescript');
      await using follower = new ConvoyProcess(['logs', node, '-f', '--json', '--data-dir', convoy.dataDir]);
      await waitForLastLine(follower, convoy, node);
      const views = await askConsole<NodeView[]>(convoy, '/api/nodes');
      process.kill(views[0]?.osPid ?? 0, signal);
      const { code, stdout, stderr } = await follower.result();
      assert.equal(code, 0);
      assert.match(stderr, told);
      assertEachOnce(stdout, node);
      assert.equal(parseLines(stdout).at(-1)?.seq, await lastSeq(convoy, node));
    });
  }

  test('without names follows every launched node, later ones too, until the console ends', async () => {
    await using convoy = await startConsoleProcess();
    const first = await launchNode(convoy, 'typescript');
    await using follower = new ConvoyProcess(['logs', '--follow', '--json', '--data-dir', convoy.dataDir]);
    await waitForLastLine(follower, convoy, first);
    const second = await launchNode(convoy, 'typescript');
    await waitForLastLine(follower, convoy, second);
    await waitForLastLine(follower, convoy, first);
    assertEachOnce(follower.stdout, first);
    assertEachOnce(follower.stdout, second);
    await endProcess(convoy.process, 'SIGTERM');
    const { code, stdout } = await follower.result();
    assert.equal(code, 4);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    assert.equal(JSON.parse(last).error.code, 'CLI_NO_CONSOLE');
  });

  test('connects again to a console that runs on, without a line twice or left out', async () => {
    await using convoy = await startConsoleProcess();
    const node = await launchNode(convoy, 'typescript');
    await using relay = await TcpRelay.start();
    relay.target = Number(new URL(convoy.url).port);
    const running = JSON.parse(readFileSync(join(convoy.dataDir, 'console.json'), 'utf8'));
    using folder = makeFolder();
    const file = join(folder.path, 'console.json');
    writeFileSync(file, JSON.stringify({ ...running, url: `http://127.0.0.1:${relay.port}/` }));
    await using follower = new ConvoyProcess(['logs', node, '-f', '--json', '--data-dir', folder.path]);
    await follower.waitFor(/"seq":1,/);
    // Lines that come later come by the live socket.
    await makePrint(convoy, node, 1);
    await waitForLastLine(follower, convoy, node);
    relay.cut();
    await follower.waitFor(/the connection to the console was lost; connecting again/);
    await makePrint(convoy, node, 2);
    relay.mend();
    await waitForLastLine(follower, convoy, node);
    await makePrint(convoy, node, 1);
    await waitForLastLine(follower, convoy, node);
    assertEachOnce(follower.stdout, node);
  });
});

describe('convoy logs', () => {
  test('prints the lines of several nodes in their order, each with its node', async () => {
    await using convoy = await startConsoleProcess();
    const nodes = [await launchNode(convoy, 'typescript'), await launchNode(convoy, 'typescript')];
    const data = ['--data-dir', convoy.dataDir];
    for (const names of [[], nodes]) {
      const { code, stdout } = await runConvoy(['logs', ...names, ...data]);
      assert.equal(code, 0);
      for (const node of nodes)
        assert.match(stdout, new RegExp(`^${node} \\| convoy node ${node} is up`, 'm'));
      const lines = JSON.parse((await runConvoy(['logs', ...names, ...data, '--json'])).stdout) as LogLine[];
      const times = lines.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    }
  });

  test('does not know a node that the console does not have', async () => {
    await using convoy = await startConsoleProcess();
    const data = ['--data-dir', convoy.dataDir];
    for (const words of [
      ['logs', 'nobody', '-f'],
      ['stop', 'nobody'],
      ['join', 'nobody', 'nobody'],
    ]) {
      const { code, stderr } = await runConvoy([...words, ...data]);
      assert.deepEqual([code, /the console has no node named nobody/.test(stderr)], [2, true]);
    }
    const full = await runConvoy(['logs', 'nobody@127.0.0.1', '--follow', ...data]);
    assert.deepEqual([full.code, /PROVIDER_NO_NODE/.test(full.stderr)], [1, true]);
  });
});
