/** Which variables children inherit, and which ones a user may set for a launch. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { attack } from '../../../test/support/attack.ts';
import { childEnvironment } from '../src/child-environment.ts';
import { checkLaunchVariables } from '../src/launch/launch-variables.ts';
import { localCommand } from '../src/platforms/local/local-command.ts';
import { startScript } from '../src/platforms/ssh/host/start-script.ts';

/** Variables in the environment of a developer or of CI that a node must not see. */
const secrets = {
  RAILWAY_API_TOKEN: 'psst',
  RAILWAY_TOKEN: 'psst',
  AWS_SECRET_ACCESS_KEY: 'psst',
  GITHUB_TOKEN: 'psst',
  NPM_TOKEN: 'psst',
  SSH_AUTH_SOCK: '/psst',
  CONVOY_COOKIE: 'psst',
  CONVOY_GOSSIP_SECRET: 'psst',
  RELEASE_COOKIE: 'psst',
  ERL_AFLAGS: '-setcookie psst',
  ERL_FLAGS: '-setcookie psst',
  ERL_ZFLAGS: '-setcookie psst',
  ELIXIR_ERL_OPTIONS: '-setcookie psst',
  NODE_OPTIONS: '--import=/psst',
  HTTPS_PROXY: 'http://me:psst@proxy',
  ERL_COOKIE: 'psst',
  MISE_GITHUB_TOKEN: 'psst',
  LANG_TOKEN: 'psst',
  XDG_ACTIVATION_TOKEN: 'psst',
};

const useful = {
  PATH: '/home/u/.asdf/shims:/bin',
  HOME: '/home/u',
  USER: 'u',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TZ: 'UTC',
  TMPDIR: '/tmp',
  ERL_LIBS: '/libs',
  ASDF_DATA_DIR: '/opt/asdf',
  ASDF_ERLANG_VERSION: '27.0',
  SSL_CERT_FILE: '/ca.pem',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  XDG_CACHE_HOME: '/cache',
};

/** Programs to put before those of the system: each records its arguments and environment, and then runs the one of the system. */
function recordingPrograms(home: string, names: readonly string[]) {
  const folder = join(home, 'programs');
  const record = join(home, 'environments');
  mkdirSync(folder);
  for (const name of names) {
    const note = `{ echo "${name} $*"; /usr/bin/env; } >> '${record}'`;
    const run = `exec /usr/bin/env PATH=/usr/bin:/bin ${name} "$@"`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${note}\n${run}\n`, { mode: 0o755 });
  }
  return { folder, environments: () => readFileSync(record, 'utf8') };
}

const base = {
  node: 'a@127.0.0.1',
  folder: '/state/nodes/a@127.0.0.1',
  epmdPort: 5000,
  convoyCommand: ['/bin/node', '/convoy/main.ts'],
};

describe('the environment of children', () => {
  test('has what programs need in order to be found and to work', () => {
    assert.deepEqual(childEnvironment({ ...useful, ...secrets }), useful);
  });

  attack('Secrets', 'a launched node looks for tokens in its environment and finds none', () => {
    for (const kind of ['typescript', 'elixir', 'erlang'] as const) {
      const { env, args } = localCommand({ ...base, kind, env: { ...useful, ...secrets } });
      assert.doesNotMatch(JSON.stringify([args, env]), /psst/);
      assert.equal(env['PATH'], useful.PATH);
    }
  });

  attack('Secrets', 'only ssh inherits the address of the user’s agent', () => {
    const env = { ...useful, ...secrets };
    assert.equal(childEnvironment(env, 'ssh')['SSH_AUTH_SOCK'], '/psst');
    assert.equal(childEnvironment(env, 'desktop')['SSH_AUTH_SOCK'], undefined);
    assert.doesNotMatch(JSON.stringify({ ...childEnvironment(env, 'ssh'), SSH_AUTH_SOCK: '' }), /psst/);
  });

  attack('Secrets', 'a node on an SSH host inherits no token of the login there', () => {
    const home = mkdtempSync(join(tmpdir(), 'convoy-start-'));
    try {
      const request = { id: 'a1', node: 'a@db1.internal', kind: 'erlang', cookie: 'the-cookie' } as const;
      const programs = recordingPrograms(home, ['rm', 'cat', 'env', 'sed']);
      const path = `${programs.folder}:${process.env['PATH']}`;
      const found = { ASDF_DATA_DIR: "/it's/asdf", PATH: path };
      const runtime = { file: '/otp/bin/erl', folders: ['/otp/bin'], variables: found, foundBy: 'by chance' };
      const variables = { GIVEN: `it's\n$(id) "x"`, EMPTY: '' };
      const script = startScript({ ...request, runtime, port: 1, epmdPort: 4000, graceMs: 1, variables });
      // The start script of the node, with a program in place of `erl` that prints its environment.
      const run = /\/run" <<'(\w+)'.*\n([\s\S]*?)\n\1\n/.exec(script)?.[2] ?? '';
      const given = /\/variables" <<'(\w+)'.*\n([\s\S]*?)\n\1\n/.exec(script)?.[2] ?? '';
      writeFileSync(join(home, 'run'), run.replace(/^exec '\/otp\/bin\/erl' .*$/m, 'exec /usr/bin/env -0'));
      writeFileSync(join(home, 'variables'), given);
      const login = { ...useful, ...secrets, PATH: path, LINES: 'a\nPPID=1\nUID=2\nb' };
      const output = execFileSync('/bin/sh', [join(home, 'run'), home], { env: login, encoding: 'utf8' });
      const lines = output.split('\0').filter((line) => line !== '');
      const env = Object.fromEntries(lines.map((line) => [line.split('=')[0], line.replace(/^\w+=/, '')]));
      assert.doesNotMatch(output, /psst/);
      assert.equal(env['GIVEN'], variables.GIVEN);
      assert.equal(env['EMPTY'], '');
      assert.equal(env['ASDF_DATA_DIR'], found.ASDF_DATA_DIR);
      assert.equal(env['PATH'], `/otp/bin:${found.PATH}`);
      assert.equal(env['ERL_LIBS'], '/libs');
      assert.equal(env['LINES'], undefined);
      assert.equal(env['CONVOY_FOLDER'], home);
      assert.ok(!readdirSync(home).includes('variables'), 'the file of variables is gone');
      assert.match(programs.environments(), /^rm .*\/variables$/m);
      assert.doesNotMatch(programs.environments(), /GIVEN/, 'the node alone gets its variables');
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  test('every program is started with an explicit environment', () => {
    const folder = join(import.meta.dirname, '../..');
    const starts = /\b(?:spawn|spawnSync|execFile|execFileSync|fork|exec|execSync)\(/;
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^[\w-]+\/src\/.*\.tsx?$/.test(name))
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
      .filter(({ text }) => /from 'node:child_process'/.test(text) && starts.test(text));
    assert.ok(sources.length >= 6);
    // There the environment is part of the command: `localCommand`, `containerCommand`.
    const given = ['cluster/src/launch/child-process.ts', 'cluster/src/platforms/local/kept-process.ts'];
    const others = sources.filter(({ name }) => !given.includes(name));
    assert.equal(sources.length - others.length, given.length);
    const careless = others.filter(({ text }) => !text.includes('childEnvironment('));
    assert.deepEqual(
      careless.map(({ name }) => name),
      [],
    );
  });
});

describe('variables that are set for a launch', () => {
  test('reach the node, and appear in no argument list', () => {
    const variables = { DATABASE_URL: 'postgres://u:pw@db', PATH: '/mine:/bin', HOME: '/elsewhere' };
    for (const kind of ['typescript', 'erlang'] as const) {
      const { env, args } = localCommand({ ...base, kind, env: useful, variables });
      assert.equal(env['DATABASE_URL'], variables.DATABASE_URL);
      assert.equal(env['PATH'], variables.PATH);
      assert.doesNotMatch(args.join(' '), /pw/);
    }
    const beam = localCommand({ ...base, kind: 'erlang', env: useful, variables }).env;
    assert.deepEqual([beam['HOME'], beam['CONVOY_USER_HOME']], [base.folder, '/elsewhere']);
  });

  attack(
    'Secrets',
    'variables that would change the identity of a node are refused, and no value is shown',
    () => {
      const refused: readonly Record<string, string>[] = [
        { 'A-B': 'psst' },
        { '': 'psst' },
        { '1A': 'psst' },
        { 'A\nB': 'psst' },
        { 'A=B': 'psst' },
        { [`A${'x'.repeat(128)}`]: 'psst' },
        { RAILWAY_API_TOKEN: 'psst' },
        { RAILWAY_TOKEN: 'psst' },
        { RELEASE_COOKIE: 'psst' },
        { RELEASE_NODE: 'psst' },
        { CONVOY_PARENT_PIPE: 'psst' },
        { ERL_EPMD_PORT: 'psst' },
        { ERL_CRASH_DUMP: 'psst' },
        { ERL_FLAGS: '-setcookie psst' },
        { ELIXIR_ERL_OPTIONS: '+Bi -name psst@host' },
        { ERL_ZFLAGS: `"-setcookie" 'psst'` },
        { A: 'psst\0' },
        { A: 'psst'.repeat(10_000) },
        Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`A${index}`, 'psst'])),
      ];
      for (const variables of refused) {
        assert.throws(
          () => checkLaunchVariables(variables),
          (error: Error & { code?: string; remedy?: string }) => {
            assert.equal(error.code, 'PROVIDER_BAD_VARIABLE');
            assert.doesNotMatch(`${error.message} ${error.remedy}`, /psst/);
            return true;
          },
        );
      }
    },
  );

  test('emulator flags that do not change the identity of the node are accepted', () => {
    checkLaunchVariables({ ERL_FLAGS: '+S 1 -kernel net_ticktime 5', NAME: '-name x', _a1: '' });
  });
});
