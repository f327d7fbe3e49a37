/** What the environment of a release means to a TypeScript node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReleaseEnvironment } from '../src/release-environment.ts';

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
