/** What the environment of a release means to a TypeScript node. */

import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { splitWords } from '../../src/options/emulator-flags.ts';
import {
  readReleaseEnvironment as readWithHost,
  releaseProblems as problemsWithHost,
  type ReleaseProblems,
  type ReleaseSettings,
} from '../../src/options/release-environment.ts';

const readReleaseEnvironment = (env: NodeJS.ProcessEnv): ReleaseSettings => readWithHost(env, hostname());
const releaseProblems = (env: NodeJS.ProcessEnv): ReleaseProblems => problemsWithHost(env, hostname());

test('reads the variables of an Elixir release', () => {
  const env = { RELEASE_NODE: 'app@fd00::1', RELEASE_COOKIE: 'c', RELEASE_DISTRIBUTION: 'name' };
  assert.deepEqual(readReleaseEnvironment(env), { name: 'app@fd00::1', cookie: 'c' });
});

test('a release without distribution has no name', () => {
  const env = { RELEASE_NODE: 'app@host', RELEASE_DISTRIBUTION: 'none' };
  assert.deepEqual(readReleaseEnvironment(env), {});
});

test('reads the flags of the emulator, quoted or not', () => {
  const env = {
    ERL_AFLAGS: '-proto_dist inet6_tcp -kernel inet_dist_listen_min 9100 inet_dist_listen_max 9110',
    ERL_FLAGS: '-hidden +S 2:2 -sname "worker"',
    ERL_ZFLAGS: "-setcookie 'a b' -start_epmd false",
  };
  assert.deepEqual(readReleaseEnvironment(env), {
    proto: 'inet6',
    listenPort: '9100-9110',
    hidden: true,
    name: 'worker',
    cookie: 'a b',
    epmd: 'system',
  });
});

test('one port for least and most is one port', () => {
  const env = { ERL_AFLAGS: '-kernel inet_dist_listen_min 9100 -kernel inet_dist_listen_max 9100' };
  assert.deepEqual(readReleaseEnvironment(env), { listenPort: '9100' });
});

test('one port for all nodes is that of a release without EPMD', () => {
  assert.deepEqual(readReleaseEnvironment({ ERL_DIST_PORT: '9200' }), { distPort: '9200' });
  assert.deepEqual(readReleaseEnvironment({ ERL_AFLAGS: '-start_epmd false -erl_epmd_port 9200' }), {
    distPort: '9200',
    epmd: 'none',
  });
  assert.deepEqual(readReleaseEnvironment({ ERL_AFLAGS: '-kernel erl_epmd_node_listen_port 9200' }), {
    distPort: '9200',
  });
});

test('knows the protocols of Erlang', () => {
  const protos = ['inet_tcp', 'inet6_tcp', 'inet_tls', 'inet6_tls', 'my_own'].map(
    (name) => readReleaseEnvironment({ ERL_AFLAGS: `-proto_dist ${name}` }).proto,
  );
  assert.deepEqual(protos, ['inet', 'inet6', 'tls', 'tls6', undefined]);
});

test('passes over flags that mean nothing here', () => {
  const env = { ERL_AFLAGS: '-kernel shell_history enabled -pa "/some dir/ebin" -noshell' };
  assert.deepEqual(readReleaseEnvironment(env), {});
  assert.deepEqual(readReleaseEnvironment({}), {});
});

/** Each was tried with `erl`. */
const splits: readonly [string, readonly string[]][] = [
  [`'a b' c\\ d "e 'f"`, ['a b', 'c d', "e 'f"]],
  [`"a\\"b" c`, ['a\\b c']],
  [`'a\\'b c' d`, ['a\\b', 'c d']],
  [`a"b"c'd'`, ['abcd']],
  [`\\"a b`, ['"a', 'b']],
  ['""', ['']],
  ['  ', []],
];
for (const [text, words] of splits) {
  test(`splits ${text} as erl does`, () => {
    assert.deepEqual(splitWords(text), words);
  });
}

/** As `erl -name` or `-sname` of the start script would be called then. */
const names: readonly [Record<string, string>, string][] = [
  [{ RELEASE_NAME: 'shop' }, 'shop'],
  [{ RELEASE_NAME: 'shop', RELEASE_NODE: 'web' }, 'web'],
  [{ RELEASE_NODE: 'web@10.0.0.5', ERL_AFLAGS: '-name first@10.0.0.6' }, 'first@10.0.0.6'],
  [{ RELEASE_NODE: 'web@10.0.0.5', ERL_FLAGS: '-name late@10.0.0.6' }, 'web@10.0.0.5'],
  [{ ERL_FLAGS: '-name a@10.0.0.5', ERL_ZFLAGS: '-name b@10.0.0.5' }, 'a@10.0.0.5'],
  [{ ERL_AFLAGS: '-name a@10.0.0.5 -name b@10.0.0.5' }, 'a@10.0.0.5'],
  [{ ERL_AFLAGS: '-name a@10.0.0.5', ERL_FLAGS: '-sname b' }, 'b'],
  [{ RELEASE_DISTRIBUTION: 'name', RELEASE_NODE: 'a@10.0.0.5', ERL_ZFLAGS: '-sname b' }, 'b'],
  [{ RELEASE_DISTRIBUTION: 'none', RELEASE_NODE: 'a', ERL_FLAGS: '-sname b' }, 'b'],
  [{ RELEASE_NODE: 'long@10.0.0.5' }, 'long@10.0.0.5'],
];
for (const [env, name] of names) {
  test(`${JSON.stringify(env)} is ${name}`, () => {
    assert.equal(readReleaseEnvironment(env).name, name);
    assert.ok(Object.values(releaseProblems(env)).every((problem) => problem === undefined));
  });
}

const refusals: readonly [Record<string, string>, RegExp][] = [
  [{ RELEASE_DISTRIBUTION: 'none', RELEASE_NODE: 'a@10.0.0.5' }, /RELEASE_DISTRIBUTION is none/],
  [{ RELEASE_DISTRIBUTION: 'long', RELEASE_NODE: 'a@10.0.0.5' }, /RELEASE_DISTRIBUTION is "long"/],
  [{ RELEASE_DISTRIBUTION: 'sname', RELEASE_NODE: 'a@10.0.0.5' }, /RELEASE_NODE sets the short name/],
  [{ ERL_AFLAGS: '-sname a@10.0.0.5' }, /ERL_AFLAGS sets the short name a@10\.0\.0\.5/],
];
for (const [env, pattern] of refusals) {
  test(`${JSON.stringify(env)} is refused`, () => {
    assert.match(releaseProblems(env).name?.message ?? '', pattern);
    assert.equal(readReleaseEnvironment(env).name, undefined);
  });
}

test('an unknown protocol is refused, not ignored', () => {
  assert.match(releaseProblems({ ERL_AFLAGS: '-proto_dist my_own' }).proto?.message ?? '', /my_own/);
});

test('of a parameter or flag given twice the first counts', () => {
  const { listenPort, proto } = readReleaseEnvironment({
    ERL_AFLAGS: '-kernel inet_dist_listen_min 9200 inet_dist_listen_max 9205 -proto_dist inet6_tcp',
    ERL_FLAGS: '-kernel inet_dist_listen_min 9300 -proto_dist inet_tcp',
  });
  assert.deepEqual([listenPort, proto], ['9200-9205', 'inet6']);
});

test('what follows -extra is for the program, and a cookie of one peer is not ours', () => {
  assert.deepEqual(
    readReleaseEnvironment({ ERL_FLAGS: '-setcookie peer@h its -extra -name a@10.0.0.5' }),
    {},
  );
  assert.equal(readReleaseEnvironment({ ERL_FLAGS: '-setcookie p@h its -setcookie ours' }).cookie, 'ours');
});

test('a range besides a port for all nodes does not count', () => {
  const env = { ERL_DIST_PORT: '9200', ERL_AFLAGS: '-kernel inet_dist_listen_min 9100' };
  assert.deepEqual(readReleaseEnvironment(env), { distPort: '9200' });
});

test('an empty variable says nothing', () => {
  const env = { RELEASE_COOKIE: '', ERL_DIST_PORT: '', ERL_AFLAGS: '-setcookie c -start_epmd false' };
  assert.deepEqual(readReleaseEnvironment(env), { cookie: 'c', epmd: 'system' });
});

for (const env of [
  { RELEASE_COOKIE: 'a', ERL_AFLAGS: '-setcookie a' },
  { ERL_AFLAGS: '-setcookie a', ERL_ZFLAGS: '-setcookie b' },
  { ERL_FLAGS: '-setcookie a -setcookie p@h its -setcookie c' },
]) {
  test(`${JSON.stringify(env)} has no cookie that OTP would take`, () => {
    assert.equal(readReleaseEnvironment(env).cookie, undefined);
    assert.match(releaseProblems(env).cookie?.message ?? '', /more than once/);
  });
}

test('a port for all nodes by both of its flags is refused', () => {
  const env = { ERL_AFLAGS: '-erl_epmd_port 9200 -kernel erl_epmd_node_listen_port 9200' };
  assert.equal(readReleaseEnvironment(env).distPort, undefined);
  assert.match(releaseProblems(env).distPort?.message ?? '', /both set/);
});
