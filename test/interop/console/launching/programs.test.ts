/** What a launched node runs, and how much memory it may use. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Problem } from '@convoy/console/protocol';
import { type Asked, ConsoleLives } from '../../../support/launching/console-lives.ts';
import { type ConvoyResult, runConvoy } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';

const skip = missingPeer('25', 'elixir');

/** Programs of each kind, in one folder. */
function writePrograms(folder: string): void {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('hello.ts', 'export default (node) => { console.log(`hello from ${node.name}`); };\n');
  write('hello.exs', 'IO.puts(:user, "hello from #{node()}")\n');
  write('broken.exs', 'raise "this script is broken"\n');
  write(
    'hello.erl',
    '-module(hello).\n-export([start/0]).\nstart() -> io:format(user, "hello from ~s~n", [node()]).\n',
  );
  write(
    'greeter.ex',
    'defmodule Greeter.Polite do\n  def greet!, do: IO.puts(:user, "hello from #{node()}")\nend\n',
  );
  write(
    'hungry.erl',
    '-module(hungry).\n-export([eat/0]).\neat() -> eat([]).\neat(All) -> eat([binary:copy(<<"x">>, 20000000) | All]).\n',
  );
  write(
    'hungry.ts',
    'export default () => { const all = []; for (;;) all.push(new Array(100000).fill({})); };\n',
  );
  mkdirSync(join(folder, 'ebin'));
  for (const file of ['hello.erl', 'hungry.erl']) {
    execFileSync('erlc', ['-o', join(folder, 'ebin'), join(folder, file)]);
  }
  execFileSync('elixirc', ['-o', join(folder, 'ebin'), join(folder, 'greeter.ex')]);
}

describe('a node that is launched with a program or a limit', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-programs-'));
  let lives: ConsoleLives;
  before(async () => {
    writePrograms(folder);
    lives = await ConsoleLives.start();
  });
  after(async () => {
    await lives?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const refused = async (body: Asked): Promise<Problem> => {
    const { json, status, text } = await lives.client.ask('/api/nodes', { body });
    assert.ok(status >= 400, text);
    return json.error as Problem;
  };

  for (const [kind, program, keep] of [
    ['typescript', 'hello.ts', true],
    ['elixir', 'hello.exs', false],
    ['elixir', 'ebin/Greeter.Polite.greet!', true],
    ['erlang', 'ebin/hello:start', false],
  ] as const) {
    test(`runs ${program} once it is up${keep ? ', also when it is kept' : ''}`, async () => {
      const { name } = await lives.launch({ kind, program: join(folder, program), keep });
      await lives.waitForLine(name, new RegExp(`^hello from ${name}$`));
      await lives.waitFor(name, 'up');
      await lives.delete(name);
    });
  }

  test('runs a function of its code path, as ERL_LIBS and OTP have it', async () => {
    const variables = { ERL_FLAGS: `-pa ${join(folder, 'ebin')}` };
    const { name } = await lives.launch({ kind: 'erlang', program: 'hello:start', variables });
    await lives.waitForLine(name, /^hello from/);
    await lives.delete(name);
  });

  test('ends with a program that fails, and shows why', async () => {
    for (const [kind, program, why] of [
      ['elixir', join(folder, 'broken.exs'), /this script is broken/],
      ['erlang', 'no_such_module:start', /no_such_module:start failed: .*undef/],
    ] as const) {
      const { json } = await lives.client.ask('/api/nodes', { body: { kind, program } });
      // Either it was dialled before, or it was not.
      const { name, lastOutput } = await lives.waitFor(json.node, 'crashed', 'failed');
      assert.match(lastOutput.join('\n'), why);
      await lives.delete(name);
    }
  });

  test('is refused before anything starts when its kind cannot run the program', async () => {
    for (const [kind, program, message] of [
      ['erlang', '/srv/hello.exs', /"\/srv\/hello\.exs" is not a program that an Erlang node can run/],
      ['elixir', 'hello.exs', /"hello\.exs" is not a program that an Elixir node can run/],
      ['typescript', 'hello:start', /is not a program that a TypeScript node can run/],
      ['typescript', join(folder, 'missing.ts'), /this computer has no file .*missing\.ts/],
      ['erlang', join(folder, 'ebin/missing:start'), /this computer has no file .*missing\.beam/],
    ] as const) {
      const problem = await refused({ kind, program });
      assert.equal(problem.code, 'PROVIDER_BAD_PROGRAM');
      assert.match(problem.message, message);
      assert.ok(problem.remedy !== undefined);
    }
  });

  test('is what the command asks for, with a path of the current folder', async () => {
    const run = (...words: string[]): Promise<ConvoyResult> =>
      runConvoy([...words, '--data-dir', lives.dataDir, '--json'], { folder });
    const launched = await run(
      'launch',
      'elixir',
      'asked',
      '--keep',
      '--program',
      'hello.exs',
      '--memory-mb',
      '512',
    );
    assert.equal(launched.code, 0, launched.stderr);
    const { node } = JSON.parse(launched.stdout) as { node: string };
    await lives.waitForLine(node, /^hello from/);
    assert.equal((await lives.node(node))?.keep, true);
    assert.equal((await run('stop', node)).code, 0);
    const bad = await run('launch', 'erlang', '--program', 'hello');
    assert.match(bad.stdout, /PROVIDER_BAD_PROGRAM/);
    assert.match(bad.stdout, /--program PROGRAM/);
    const small = await run('launch', 'erlang', '--memory-mb', '12');
    assert.match(small.stdout, /--memory-mb 12 is not a valid number/);
  });

  for (const [kind, program] of [
    ['erlang', 'ebin/hungry:eat'],
    ['typescript', 'hungry.ts'],
  ] as const) {
    test(`says that it ran out of memory, with the limit: ${kind}`, async () => {
      const body = { kind, memoryMb: 256, program: join(folder, program) };
      const { json, text } = await lives.client.ask('/api/nodes', { body });
      assert.ok(json.node !== undefined, text);
      const { name, problem } = await lives.waitFor(json.node, 'crashed', 'failed');
      assert.match(problem?.code ?? '', /^(?:NODE_OUT_OF_MEMORY|PROVIDER_NODE_EXITED)$/);
      assert.match(problem?.message ?? '', /ran out of memory .*: its limit is 256 MB/);
      await lives.delete(name);
    });
  }
});
