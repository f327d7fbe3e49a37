import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { formatArgumentsFile, formatCommands, formatErlFlags } from '../../src/bridge/command-lines.ts';

const plain = {
  environment: { ERL_ZFLAGS: '-args_file /home/u/erl.args' },
  longHost: '127.0.0.1',
  suffix: 'ab',
};

test('a long remote name needs a long local name', () => {
  assert.deepEqual(formatCommands({ ...plain, node: 'app@db1.example' }), {
    iex: "ERL_ZFLAGS='-args_file /home/u/erl.args' iex --name iex_ab@127.0.0.1",
    erl: "ERL_ZFLAGS='-args_file /home/u/erl.args' erl -name erl_ab@127.0.0.1",
    iexRemote: "ERL_ZFLAGS='-args_file /home/u/erl.args' iex --name iex_ab@127.0.0.1 --remsh app@db1.example",
    erlRemote: "ERL_ZFLAGS='-args_file /home/u/erl.args' erl -name erl_ab@127.0.0.1 -remsh app@db1.example",
  });
});

test('a host that is an IPv4 or IPv6 address makes a long name', () => {
  assert.match(formatCommands({ ...plain, node: 'app@10.0.0.7' }).erl, / -name erl_ab@127\.0\.0\.1$/);
  assert.match(formatCommands({ ...plain, node: 'app@::1', longHost: '::1' }).iex, / --name iex_ab@::1$/);
});

test('a short remote name needs a short local name', () => {
  const { iex, erl } = formatCommands({ ...plain, node: 'app@db1' });
  assert.match(iex, / iex --sname iex_ab@localhost$/);
  assert.match(erl, / erl -sname erl_ab@localhost$/);
});

test('local names differ from one line to the next', () => {
  const { suffix: _, ...random } = plain;
  const lines = Object.values(formatCommands({ ...random, node: 'app@db1' }));
  const names = lines.map((line) => /_[0-9a-f]{6}@/.exec(line)?.[0]);
  assert.equal(new Set(names).size, lines.length);
});

test('the shell passes the environment to the program unchanged, whatever characters a folder name has', () => {
  const folder = String.raw`/home/O'Neil $HOME/"x" \n`;
  const ERL_ZFLAGS = formatErlFlags(`${folder}/erl.args`);
  const environment = { ERL_ZFLAGS, HOME: folder };
  const { iex } = formatCommands({ ...plain, environment, node: 'app@db1' });
  const line = iex.replace(/ iex .*$/, ` printenv ERL_ZFLAGS HOME`);
  assert.equal(execFileSync('sh', ['-c', line], { encoding: 'utf8' }), `${ERL_ZFLAGS}\n${folder}\n`);
});

test('words with spaces, quotes and comment signs remain one word for the emulator', () => {
  const file = formatArgumentsFile([['-pa', `/a b/c'd"#e`], ['-hidden']]);
  assert.equal(file, `-pa /a\\ b/c\\'d\\"\\#e\n-hidden\n`);
});
