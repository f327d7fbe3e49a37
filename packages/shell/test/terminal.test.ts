import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { Node } from '@convoy/node';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { attack } from '../../../test/support/attack.ts';
import { waitForScreen, waitForState } from '../../../test/support/erlang/shell-viewer.ts';
import { installShell } from '../src/evaluator/index.ts';
import { attachTerminal, openShell, type ShellSession } from '../src/index.ts';

let cluster: MemoryCluster;
let node: Node;

before(async () => {
  cluster = createMemoryCluster();
  node = await cluster.start('app');
  installShell(node);
});

after(() => cluster.close());

function open(): Promise<ShellSession> {
  return openShell({ node, target: node.name, kind: 'ts', cols: 80, rows: 24 });
}

/** Streams as a terminal has them; `modes` are the raw modes it was given. */
function fakeTerminal(): {
  stdin: PassThrough & { isTTY: true; setRawMode(raw: boolean): void };
  stdout: PassThrough & { isTTY: true; columns: number; rows: number };
  modes: boolean[];
  shown: () => string;
} {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true as const,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  const stdout = Object.assign(new PassThrough(), { isTTY: true as const, columns: 60, rows: 10 });
  let text = '';
  stdout.on('data', (data: Buffer) => (text += data.toString()));
  return { stdin, stdout, modes, shown: () => text };
}

describe('attachTerminal', () => {
  it('shows the session and types into it, until Ctrl-D', async () => {
    const session = await open();
    const { stdin, stdout, modes, shown } = fakeTerminal();
    const done = attachTerminal(session, { stdin, stdout });
    await waitForState(session, 'idle');
    stdin.write('20 + 22\r');
    await waitForScreen(session, /\n42\n/);
    stdout.columns = 50;
    stdout.emit('resize');
    assert.equal(session.snapshot().cols > 0, true);
    await waitForState(session, 'idle');
    stdin.write('\u0004');
    assert.deepEqual(await done, { reason: 'closed' });
    assert.deepEqual(modes, [true, false]);
    assert.match(shown(), /20 \+ 22/);
    assert.ok(shown().endsWith('\u001b[?2004l\u001b[0m\u001b[?25h'));
  });

  attack('Input', 'a paste with an end mark in it is typed, not run', async () => {
    await using session = await open();
    const { stdin, stdout } = fakeTerminal();
    const controller = new AbortController();
    const done = attachTerminal(session, { stdin, stdout }, { signal: controller.signal });
    await waitForState(session, 'idle');
    stdin.write('\u001b[200~40 +\u001b[201~ 1\r');
    stdin.write('2\u001b[201~');
    await waitForScreen(session, /1> 40 \+ 1\n2$/);
    assert.equal(session.state, 'idle');
    controller.abort();
    await done;
  });

  attack('Input', 'a line of a pipe that holds an end mark is one line', async () => {
    await using session = await open();
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const done = attachTerminal(session, { stdin, stdout: stdout.resume() });
    stdin.end('"a\u001b[201~\u0003b"\n');
    await done;
    assert.match(await session.text(), /\n'a\[201~b'\n/);
  });

  it('gives the terminal back and leaves the session open when it is told to', async () => {
    await using session = await open();
    const { stdin, stdout, modes } = fakeTerminal();
    const controller = new AbortController();
    const done = attachTerminal(session, { stdin, stdout }, { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await done, { reason: 'detached' });
    assert.deepEqual(modes, [true, false]);
    await waitForState(session, 'idle');
    assert.equal(session.state, 'idle');
  });

  it('closes the session when the terminal hangs up', async () => {
    const session = await open();
    const { stdin, stdout } = fakeTerminal();
    const done = attachTerminal(session, { stdin, stdout });
    await waitForState(session, 'idle');
    stdin.destroy(new Error('read EIO'));
    assert.deepEqual(await done, { reason: 'closed' });
  });

  it('takes lines from a dumb terminal, which echoes them, and prints text', async () => {
    const session = await open();
    const { stdin, stdout, modes, shown } = fakeTerminal();
    const done = attachTerminal(session, { stdin, stdout }, { dumb: true });
    await waitForState(session, 'idle');
    stdin.write('20 + 22\n');
    await waitForScreen(session, /\n42\n/);
    stdin.end();
    await done;
    assert.deepEqual(modes, []);
    assert.match(shown(), /1> 42\n/);
    assert.doesNotMatch(shown(), /\u001b|\r/);
  });

  it('takes lines from a pipe, one per prompt, and closes at their end', async () => {
    const session = await open();
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    let text = '';
    stdout.on('data', (data: Buffer) => (text += data.toString()));
    const done = attachTerminal(session, { stdin, stdout });
    stdin.end('const x = await Promise.resolve(40)\nfunction f() {\n\treturn x + 2\n}\nf()');
    assert.deepEqual(await done, { reason: 'closed' });
    assert.match(text, /ts\(app@memory\.test\)1> const x = await Promise\.resolve\(40\)\nundefined\n/);
    assert.match(text, /> f\(\)\n42\n/);
    assert.doesNotMatch(text, /\u001b|\r/);
  });
});
