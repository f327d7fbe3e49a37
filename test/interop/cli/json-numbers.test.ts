/**
 * Numbers in `convoy rpc` and `eval`, from JSON text to a real node and back: the node receives the number that was written,
 * and the result shows the number that the node returned.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { attack } from '../../support/attack.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';

const skip = missingPeer();
const numbers = '[12345678901234567890,-9007199254740993,1,1.0,-0.0,0.1,1.0e22,5.0e-324]';

describe('numbers in JSON', { skip }, () => {
  let cluster: ErlangCluster;
  let home: string;

  before(async () => {
    cluster = await ErlangCluster.start({ cookie: 'numbers-cookie' });
    home = mkdtempSync(join(tmpdir(), 'convoy-numbers-'));
    writeFileSync(join(home, '.erlang.cookie'), 'numbers-cookie\n', { mode: 0o600 });
    await cluster.erlang('numbers');
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  const run = (command: string, ...words: string[]): ReturnType<typeof runConvoy> =>
    runConvoy([command, 'numbers@127.0.0.1', ...words], {
      env: { HOME: home, ERL_EPMD_PORT: String(cluster.epmdPort) },
    });

  test('arrive as they are written', async () => {
    const { stdout } = await run('rpc', 'io', 'format', '"~w~n"', `[${numbers}]`, '--json-args');
    assert.equal(stdout, `${numbers}\nok\n`);
    const same = await run('rpc', 'erlang', '=:=', '[1, 2]', '[1.0, 2]', '--json-args');
    assert.equal(same.stdout, 'false\n');
  });

  test('come back as they are, and once more as an argument', async () => {
    const json = numbers.replace('1.0e22', '1e+22').replace('5.0e-324', '5e-324');
    const once = await run('rpc', 'lists', 'append', numbers, '[]', '--json-args', '--json');
    assert.equal(once.stdout.replaceAll(/\s/g, ''), `{"node":"numbers@127.0.0.1","result":${json}}`);
    const again = await run('rpc', 'erlang', '=:=', numbers, json, '--json-args');
    assert.equal(again.stdout, 'true\n');
    const large = await run('eval', '{1 bsl 64, math:pow(2, 3), -(1 bsl 64)}', '--format', 'json');
    assert.equal(large.stdout.replaceAll(/\s/g, ''), '[18446744073709551616,8.0,-18446744073709551616]');
  });

  attack('Input', 'a JSON number that a float cannot hold is refused before a node is called', async () => {
    const { code, stderr } = await run('rpc', 'erlang', 'abs', '1e400', '--json-args');
    assert.equal(code, 2);
    assert.match(stderr, /1e400 is too large for a 64-bit float/);
  });
});
