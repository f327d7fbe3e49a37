/** `convoy shell` in a real terminal, which `script` of util-linux provides: its history outlives it. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startNode } from '@convoy/node';
import { startEpmdServer } from '@convoy/node/epmd';
import { installShell } from '@convoy/shell/evaluator';
import { endProcess, ProcessOutput } from '../../support/child-process.ts';
import { convoyCommand } from '../../support/console/console-process.ts';
import { runConvoy } from '../../support/convoy-command.ts';

const skip = spawnSync('script', ['--version']).status === 0 ? false : 'script (util-linux) is not installed';
const target = 'app@127.0.0.1';

describe('the history of convoy shell', { skip }, () => {
  test('is there in the next shell, and holds nothing that a pipe sent', async () => {
    await using stack = new AsyncDisposableStack();
    const home = mkdtempSync(join(tmpdir(), 'convoy-shell-home-'));
    stack.defer(() => rmSync(home, { recursive: true, force: true }));
    const epmd = await startEpmdServer({ port: 0 });
    stack.defer(() => epmd.close());
    const node = await startNode({
      name: target,
      cookie: 'shell-history',
      epmd: 'system',
      epmdPort: epmd.port,
    });
    stack.defer(() => node.close());
    installShell(node);
    const env = {
      ...process.env,
      HOME: home,
      ERL_EPMD_PORT: String(epmd.port),
      CONVOY_COOKIE: 'shell-history',
    };
    const command = [...convoyCommand, 'shell', target].map((word) => `'${word}'`).join(' ');
    const inTerminal = async (keys: string, shown: RegExp): Promise<void> => {
      const terminal = spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: 'pipe' });
      try {
        const output = new ProcessOutput(terminal, 'script');
        await output.waitForMatch(/1> /, 30_000);
        terminal.stdin.write(keys);
        await output.waitForMatch(shown, 30_000);
        // Leaves the search, then clears the line.
        terminal.stdin.write('\u0003\u0003exit()\r');
        await output.closed;
      } finally {
        await endProcess(terminal);
      }
    };
    await runConvoy(['shell', target], { env, input: '"piped"\n' });
    assert.equal(existsSync(join(home, '.convoy', 'history')), false);
    await inTerminal('const kept = 40 + 2\r', /2> /);
    const file = join(home, '.convoy', 'history', 'ts.jsonl');
    assert.match(readFileSync(file, 'utf8'), /^"const kept = 40 \+ 2"\n/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await inTerminal('\u0012kept', /const kept = 40 \+ 2/);
  });
});
