import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Node } from '@convoy/node';
import { decode, encode } from '@convoy/node/etf';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { installShell } from '../../src/evaluator/index.ts';
import { openShell, ShellError, type ShellSession } from '../../src/index.ts';
import { testShell } from '../../../../test/conformance/shell.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { run, waitForScreen, waitForState } from '../../../../test/support/erlang/shell-viewer.ts';

let cluster: MemoryCluster;
let target: Node;
let visitor: Node;
/** What code in a shell waits for by `later()`. */
let gate = Promise.withResolvers<void>();

before(async () => {
  cluster = createMemoryCluster();
  target = await cluster.start('app');
  visitor = await cluster.start('visitor', { hidden: true });
  const scope = { greeting: 'hello from the program', later: () => gate.promise, encode, decode };
  installShell(target, { scope, maxShells: 4 });
});

after(() => cluster.close());

function open(size: { cols: number; rows: number } = { cols: 80, rows: 24 }): Promise<ShellSession> {
  return openShell({ node: visitor, target: target.name, kind: 'auto', ...size });
}

describe('a TypeScript shell', () => {
  const opened: ShellSession[] = [];
  const fixture = {
    async open() {
      const shell = await open();
      opened.push(shell);
      return shell;
    },
    waitForClean: () =>
      eventually('no shell to be left', 30_000, () =>
        opened.every((one) => !target.processes.isAlive(one.shell)),
      ),
  };
  testShell(fixture, {
    kind: 'ts',
    banner: /^TypeScript on Node/,
    prompt: 'ts(app@memory.test)',
    sum: '1 + 1',
    bind: 'const kept = 7',
    recall: 'kept',
    several: {
      lines: ['function twice(n: number) {', '  return 2 * n;', '}'],
      more: /\n\.\.\.\(app@memory\.test\)1>$/,
      call: 'twice(21)',
    },
    endless: 'await new Promise(() => {})',
    interrupted: /interrupted/,
    wrong: [
      ['const = 1', /SyntaxError: /],
      ['missing', /Uncaught ReferenceError: missing is not defined/],
    ],
    completion: {
      before: 'const telescope = { focus: 1, focal: 2 }',
      steps: [
        ['teles', /> telescope$/],
        ['telescope.foc', /\nfocal {2}focus\nts\(app@memory\.test\)2> telescope\.foc$/],
        ['telescope.focu', /telescope\.focus$/],
      ],
    },
    unicode: { line: '"日本 👍 e\u0301"', shown: /\n'日本 👍 e\u0301'\n/ },
    printing: {
      line: 'later().then(() => console.log("from afar")); 0',
      typed: 'gree',
      rest: 'ting',
      shown: /\n'hello from the program'\n/,
      async trigger() {
        gate.resolve();
        gate = Promise.withResolvers();
      },
    },
  });
});

/** Runs a program of test/support to its end; returns what it prints. */
function runProgram(script: URL): string {
  const args = ['--conditions=@convoy/source', fileURLToPath(script)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout;
}

describe('code in a TypeScript shell', () => {
  it('evaluates with types and await, and keeps what is declared', async () => {
    await using shell = await open();
    assert.equal(shell.kind, 'ts');
    await run(shell, '1 + 1');
    await run(shell, 'const x: number = await Promise.resolve(20)');
    const text = await run(shell, 'x * 2 + _');
    assert.match(text, /ts\(app@memory\.test\)1> 1 \+ 1\n2\n/);
    assert.match(text, /3> x \* 2 \+ _\nNaN\n/);
    await run(shell, 'import { sep } from "node:path"');
    assert.match(await run(shell, 'sep + greeting'), /'\/hello from the program'/);
  });

  it('shows errors with the stack of the code only', async () => {
    await using shell = await open();
    const text = await run(shell, 'const f = () => { throw new TypeError("no good") }; f()');
    assert.match(text, /Uncaught TypeError: no good\n +at f \(ts:1:/);
    assert.doesNotMatch(text, /inspector|shell-server|node:/);
  });

  it('has the node and its process in scope', async () => {
    await using shell = await open();
    assert.match(await run(shell, 'node.name'), /'app@memory\.test'/);
    assert.match(await run(shell, 'self.node'), /'app@memory\.test'/);
    assert.match(await run(shell, 'tuple(atom("a"), 1)'), /Tuple/);
  });

  it('makes terms of what is typed', async () => {
    await using shell = await open();
    const text = await run(shell, 'decode(encode({ a: [1, 2], b: new Map([[1, new Uint8Array(2)]]) })).size');
    assert.match(text, /\n2\n/);
  });

  it('shows a rejected promise as a value, and survives errors of timers', async () => {
    await using shell = await open();
    assert.match(await run(shell, 'Promise.reject(new Error("shown"))'), /<rejected> Error: shown/);
    shell.input('setTimeout(() => { throw new Error("timer") }, 1); 0\r');
    await waitForScreen(shell, /\nError: timer\n/);
    assert.match(await run(shell, '"alive"'), /'alive'/);
  });

  it('that waits for what can never happen does not end the node when garbage is collected', () => {
    const stdout = runProgram(new URL('../support/collected-evaluation.ts', import.meta.url));
    assert.match(stdout, /value: 5/);
    assert.match(stdout, /\nalive\n$/);
  });

  it('survives an unhandled rejection', () => {
    const stdout = runProgram(new URL('../support/floating-rejection.ts', import.meta.url));
    assert.match(stdout, /\nError: floating\n/);
    assert.match(stdout, /'alive'/);
  });
});

describe('the output of a TypeScript shell', () => {
  it('prints what the code logs before its value', async () => {
    await using shell = await open();
    assert.match(await run(shell, 'console.log("now"); 0'), /now\n0\nts\(app@memory\.test\)2>$/);
  });

  it('moves over an emoji as far as the terminal does', async () => {
    await using shell = await open();
    await waitForState(shell, 'idle');
    shell.input('"😀Z"\u001b[D\u001b[DX');
    await waitForScreen(shell, /1> "😀XZ"$/);
    shell.input('\r');
    await waitForScreen(shell, /\n'😀XZ'\n/);
  });

  it('numbers its output and gives what a late viewer missed', async () => {
    await using shell = await open();
    await run(shell, '1 + 1');
    const chunks = shell.outputSince(0) ?? [];
    assert.deepEqual(
      chunks.map((chunk) => chunk.seq),
      chunks.map((_, index) => index + 1),
    );
    const snapshot = shell.snapshot();
    assert.equal(snapshot.seq, chunks.at(-1)?.seq);
    assert.equal(snapshot.cols, 80);
    assert.match(snapshot.data, /1 \+ 1/);
    const seen: number[] = [];
    shell.onOutput((chunk) => seen.push(chunk.seq));
    shell.input('x');
    assert.deepEqual(seen, [snapshot.seq + 1]);
  });

  it('leaves no sequence of the code to the terminal', async () => {
    await using shell = await open();
    await run(shell, String.raw`console.log("a\u001b]52;c;eA==\u0007b\u001b[6nc")`);
    const data = (shell.outputSince(0) ?? []).map((chunk) => chunk.data).join('');
    assert.ok(data.includes('abc'));
    assert.ok(!data.includes('\u001b]52') && !data.includes('\u001b[6n'));
  });

  it('shows its size to the code', async () => {
    await using shell = await open({ cols: 100, rows: 30 });
    shell.resize(40, 10);
    await run(shell, '[..."abcdefghijklm"]');
    const widest = (await shell.text()).split('\n').map((line) => line.length);
    assert.ok(Math.max(...widest) <= 40);
  });
});

describe('the life of a TypeScript shell', () => {
  it('ends by exit(), .exit and Ctrl-D', async () => {
    for (const way of ['exit()\r', '.exit\r', '\u0004']) {
      const shell = await open();
      await waitForState(shell, 'idle');
      shell.input(way);
      const { reason } = await shell.closed;
      assert.equal(reason, way === '\u0004' ? 'closed' : 'the shell ended');
      assert.equal(target.processes.isAlive(shell.shell), false);
    }
  });

  it('ends with its visitor', async () => {
    const guest = await cluster.start('guest', { hidden: true });
    const shell = await openShell({ node: guest, target: target.name, kind: 'ts', cols: 80, rows: 24 });
    const ended = new Promise<void>((resolve) => {
      const watcher = target.spawn(async (self) => {
        self.monitor(shell.shell);
        await self.receive();
        resolve();
      });
      assert.ok(watcher);
    });
    await guest.close();
    await ended;
    assert.equal(target.processes.isAlive(shell.shell), false);
  });

  it('is refused beyond the limit, with a reason', async () => {
    const shells = await Promise.all([open(), open(), open(), open()]);
    await assert.rejects(open(), (error) => {
      assert.ok(error instanceof ShellError);
      assert.equal(error.code, 'SHELL_START_FAILED');
      assert.match(error.message, /its maximum number of shells is open/);
      return true;
    });
    await Promise.all(shells.map((shell) => shell.close()));
    await using again = await open();
    assert.match(await run(again, '1'), /\n1\n/);
  });

  it('is said to be missing where it is not installed', async () => {
    await assert.rejects(
      openShell({ node: target, target: visitor.name, kind: 'auto', cols: 80, rows: 24 }),
      {
        code: 'SHELL_START_FAILED',
      },
    );
    await assert.rejects(openShell({ node: visitor, target: target.name, kind: 'iex', cols: 80, rows: 24 }), {
      code: 'SHELL_UNAVAILABLE',
    });
  });

  it('can be on the very node that shows it', async () => {
    await using shell = await openShell({
      node: target,
      target: target.name,
      kind: 'ts',
      cols: 80,
      rows: 24,
    });
    assert.match(await run(shell, '2 ** 10'), /\n1024\n/);
  });
});
