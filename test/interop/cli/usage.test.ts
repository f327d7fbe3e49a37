/** The command line as a whole: help, usage errors, JSON and exit codes, as scripts see them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { argumentValues, optionValues } from '../../../packages/cli/src/completion/option-values.ts';
import { commandNames, normalizeWords } from '../../../packages/cli/src/program.ts';
import { makeFolder } from '../../../packages/cli/test/temporary-folder.ts';
import { writeRunningConsole } from '../../../packages/console/src/server/running-console.ts';
import { runConvoy } from '../../support/convoy-command.ts';

describe('the help of convoy', () => {
  test('every command has help with an example', async () => {
    const helps = await Promise.all(commandNames.map((name) => runConvoy([name, '--help'])));
    for (const [index, { code, stdout }] of helps.entries()) {
      const name = commandNames[index] ?? '';
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Usage: convoy ${name}[^]*Examples?:\\n  \\$ convoy ${name}`));
    }
  });

  test('the values that are completed are those of the help', async () => {
    const helps = await Promise.all(commandNames.map((name) => runConvoy([name, '--help'])));
    const texts = helps.map(({ stdout }) => stdout.replaceAll(/\s+/g, ' '));
    for (const [option, values] of Object.entries(optionValues)) {
      const [, text = ''] = new RegExp(` ${option} <.*?>(.*?) --\\w`).exec(texts.join(' ')) ?? [];
      for (const value of values) assert.match(text, new RegExp(`\\b${value}\\b`), `${option} ${value}`);
    }
    for (const [argument, values] of Object.entries(argumentValues)) {
      const [, text = ''] = new RegExp(`Arguments: ${argument} (.*?) Options:`).exec(texts.join(' ')) ?? [];
      for (const value of values) assert.match(text, new RegExp(`\\b${value}\\b`), `${argument} ${value}`);
    }
  });

  test('help for a command that does not exist suggests one', async () => {
    for (const words of [
      ['help', 'shel'],
      ['shel', '--help'],
    ]) {
      const { code, stdout, stderr } = await runConvoy(words);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /unknown command 'shel'\n\(Did you mean shell\?\)\n\(`convoy --help` lists/);
    }
    const { stdout } = await runConvoy(['help', 'fly', '--json']);
    assert.equal(JSON.parse(stdout).error.code, 'CLI_BAD_OPTION');
  });

  test('prints its version for -v', async () => {
    const [short, long] = await Promise.all([runConvoy(['-v']), runConvoy(['--version'])]);
    assert.match(short.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual(short, long);
  });
});

describe('convoy', () => {
  test('the former name of a command still works, but no help mentions it', async () => {
    assert.deepEqual(normalizeWords(['part', 'part', 'b']), ['disconnect', 'part', 'b']);
    assert.deepEqual(normalizeWords(['help', 'part']), ['disconnect', '--help']);
    const [help, former] = await Promise.all([runConvoy(['--help']), runConvoy(['part', '--help'])]);
    assert.doesNotMatch(help.stdout, /\bpart\b/);
    assert.match(former.stdout, /Usage: convoy disconnect/);
  });

  test('wrong usage has exit code 2, and one JSON document if asked for', async () => {
    const unknown = await runConvoy(['fly']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /unknown command 'fly'/);
    const missing = await runConvoy(['rpc', 'a@h', '--json']);
    assert.equal(missing.code, 2);
    assert.equal(JSON.parse(missing.stdout).error.code, 'CLI_BAD_OPTION');
    assert.equal((await runConvoy([])).code, 2);
  });

  test('an unreachable node gives exit code 3 and one JSON document', async () => {
    using home = makeFolder({ '.erlang.cookie': 'nobody' });
    const env = { HOME: home.path, ERL_EPMD_PORT: '1' };
    const { code, stdout, stderr } = await runConvoy(['ping', 'nobody@127.0.0.1', '--json'], { env });
    assert.equal(code, 3);
    const { error } = JSON.parse(stdout);
    assert.match(error.code, /^(?:EPMD|CONNECTION)_/);
    assert.match(stderr, /^convoy: /);
  });

  test('a console of another version is an error with an explanation', async () => {
    using home = makeFolder();
    const server = createServer((_request, response) =>
      response.end('[{"id":"a@h","name":"a@h","kind":"cobol"}]'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    writeRunningConsole(home.path, { url: `http://127.0.0.1:${port}/`, token: 'a-token' });
    const { code, stdout } = await runConvoy(['list', '--data-dir', home.path, '--json']);
    server.close();
    const { error } = JSON.parse(stdout);
    assert.deepEqual([code, error.code], [1, 'CLI_WRONG_ANSWER']);
    assert.match(error.message, /GET \/api\/nodes has an unexpected format: 0\.kind: /);
    assert.match(error.remedy, /another version/);
  });

  test('a missing cookie or console is an error that says what to do', async () => {
    using home = makeFolder();
    const env = { HOME: home.path };
    const cookie = await runConvoy(['ping', 'a@127.0.0.1'], { env });
    assert.deepEqual([cookie.code, /--cookie-file/.test(cookie.stderr)], [2, true]);
    const console_ = await runConvoy(['list', '--data-dir', home.path]);
    assert.deepEqual([console_.code, /convoy up/.test(console_.stderr)], [4, true]);
  });

  test('the token of a killed console is never sent', async () => {
    const running = { url: 'http://127.0.0.1:9/', token: 'secret-token', pid: 2 ** 22 };
    using data = makeFolder({ 'console.json': JSON.stringify(running) });
    const { code, stderr } = await runConvoy(['list', '--data-dir', data.path]);
    assert.equal(code, 4);
    assert.doesNotMatch(stderr, /secret-token/);
  });

  test('a mistake in an option or the environment is never answered with a stack', async () => {
    using home = makeFolder({ '.erlang.cookie': 'nobody' });
    const bad = { HOME: home.path, ERL_EPMD_PORT: 'abc' };
    const usual = { HOME: home.path };
    for (const { words, env, code } of [
      { words: ['epmd', '-port', 'abc'], env: usual, code: 1 },
      { words: ['epmd', '--port', 'abc', '--json'], env: usual, code: 1 },
      { words: ['epmd', '-names'], env: bad, code: 1 },
      { words: ['epmd', '-packet_timeout', 'abc'], env: usual, code: 1 },
      { words: ['nodes'], env: bad, code: 2 },
      { words: ['ping', 'a'], env: bad, code: 2 },
      { words: ['node', '--name', 'a@127.0.0.1'], env: bad, code: 2 },
      { words: ['up', '--port', '0', '--data-dir', home.file('data')], env: bad, code: 2 },
    ]) {
      const { stderr, ...result } = await runConvoy(words, { env });
      assert.equal(result.code, code, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, /^convoy: .*abc.*\[(?:CLI_BAD_OPTION|NODE_BAD_EPMD_PORT)\]$/m, words.join(' '));
      assert.doesNotMatch(stderr, /^ +at |\.[jt]s:\d+|throw /m, words.join(' '));
      if (words.includes('--json')) assert.equal(JSON.parse(result.stdout).error.code, 'CLI_BAD_OPTION');
    }
  });

  test('the name of a node to launch is checked before the console is asked', async () => {
    using data = makeFolder();
    const rest = ['--data-dir', data.path];
    const long = await runConvoy(['launch', 'ts', 'a'.repeat(64), ...rest]);
    assert.deepEqual(
      [long.code, /has 64 characters \[CLI_BAD_OPTION\]\n {2}Use at most 63/.test(long.stderr)],
      [2, true],
    );
    const wrong = await runConvoy(['launch', 'ts', 'bad name!', ...rest]);
    assert.deepEqual([wrong.code, /"bad name!" contains a space/.test(wrong.stderr)], [2, true]);
  });

  test('bad arguments are refused before anything is dialled', async () => {
    using home = makeFolder({ '.erlang.cookie': 'nobody' });
    const env = { HOME: home.path, ERL_EPMD_PORT: '1' };
    const term = await runConvoy(['rpc', 'a@127.0.0.1', 'lists', 'sum', '[1,'], { env });
    assert.deepEqual([term.code, /not a valid Erlang term/.test(term.stderr)], [2, true]);
    const json = await runConvoy(['rpc', 'a@127.0.0.1', 'lists', 'sum', '{', '--json-args'], { env });
    assert.deepEqual([json.code, /not a valid JSON argument/.test(json.stderr)], [2, true]);
    const name = await runConvoy(['node', '--cookie', 'x'], { env });
    assert.deepEqual([name.code, /has no name/.test(name.stderr)], [2, true]);
  });
});
