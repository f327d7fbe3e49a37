/** Nodes that end: on purpose, in all ways there are, or by a crash; and what their shells say then, at once. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { NodeKind, NodeView, ShellKind } from '@convoy/console/protocol';
import { type ConsoleInProcess, startConsoleInProcess } from '../../support/console/console-in-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { someOf } from '../../support/extent.ts';

interface Way {
  readonly kind: NodeKind;
  readonly shell: ShellKind;
  /** What is typed into a shell of the node; `undefined`: its process gets a signal. */
  readonly line: string | undefined;
  readonly signal?: NodeJS.Signals;
  readonly ends: RegExp;
}

const stopped = /was stopped \(exit code 0\)/;
const ways: readonly Way[] = [
  { kind: 'elixir', shell: 'iex', line: 'System.stop()', ends: stopped },
  { kind: 'elixir', shell: 'iex', line: 'System.halt(0)', ends: stopped },
  { kind: 'erlang', shell: 'erl', line: 'q().', ends: stopped },
  { kind: 'erlang', shell: 'erl', line: 'halt().', ends: stopped },
  { kind: 'typescript', shell: 'ts', line: 'process.exit()', ends: stopped },
  { kind: 'typescript', shell: 'ts', line: 'node.close()', ends: stopped },
  { kind: 'erlang', shell: 'erl', line: 'init:stop().', ends: stopped },
  { kind: 'erlang', shell: 'erl', line: undefined, signal: 'SIGTERM', ends: stopped },
  { kind: 'typescript', shell: 'ts', line: undefined, signal: 'SIGTERM', ends: stopped },
];
const crashes: readonly Way[] = [
  {
    kind: 'erlang',
    shell: 'erl',
    line: undefined,
    signal: 'SIGKILL',
    ends: /ended unexpectedly \(signal SIGKILL\)/,
  },
  { kind: 'erlang', shell: 'erl', line: 'halt("boom").', ends: /ended unexpectedly \(exit code 1\)/ },
];

describe('a node that ends', { skip: missingPeer('25', 'elixir') }, () => {
  let convoy: ConsoleInProcess;
  before(async () => {
    convoy = await startConsoleInProcess();
  });
  after(() => convoy?.[Symbol.asyncDispose]());

  const nodeOf = async (name: string): Promise<NodeView | undefined> =>
    ((await convoy.client.ask('/api/nodes')).json as NodeView[]).find((view) => view.name === name);

  /** Ends a node while a shell is open on it. Resolves with its view, and what the shell shows last. */
  async function end({ kind, shell, line, signal }: Way): Promise<{ view: NodeView; text: string }> {
    await using live = await convoy.client.live();
    const name = await convoy.launch(kind);
    live.send({ type: 'shell.open', requestId: name, node: name, kind: shell, cols: 80, rows: 24 });
    const { shell: opened } = await live.message('shell.opened', (message) => message.requestId === name);
    await eventually('the prompt', 60_000, () => live.shellText(opened.id).endsWith('1> '));
    if (line !== undefined) live.type(opened.id, `${line}\r`);
    else process.kill((await nodeOf(name))?.osPid ?? 0, signal);
    await live.message('shell.closed', ({ shellId }) => shellId === opened.id);
    const { node: view } = await live.message(
      'node',
      ({ node }) => node.name === name && (node.status === 'stopped' || node.status === 'crashed'),
    );
    const message = view.problem?.message ?? '';
    // A shell that ended with the connection is told the reason afterwards.
    await live.message('shell.closed', ({ shellId, reason }) => shellId === opened.id && reason === message);
    await convoy.client.ask(`/api/nodes/${name}`, { method: 'DELETE' });
    return { view, text: live.shellText(opened.id) };
  }

  for (const way of someOf(ways, 5)) {
    const how = way.line ?? way.signal;
    test(`is stopped, not crashed, by ${how} on ${way.kind}`, async () => {
      const { view, text } = await end(way);
      assert.equal(view.status, 'stopped', view.problem?.message);
      assert.equal(view.problem?.code, 'NODE_STOPPED');
      assert.match(view.problem?.message ?? '', way.ends);
      assert.doesNotMatch(text, /reconnected/);
      // Whatever was said while the reason was not known, it is not the last word.
      assert.doesNotMatch(stripVTControlCharacters(text).trimEnd(), /reconnecting\]$/);
    });
  }

  for (const way of crashes) {
    test(`has crashed by ${way.line ?? way.signal}`, async () => {
      const { view } = await end(way);
      assert.equal(view.status, 'crashed');
      assert.match(view.problem?.message ?? '', way.ends);
    });
  }
});
