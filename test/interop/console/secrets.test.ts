/**
 * Searches for every secret of a scenario with all providers: in the argument lists and environments of all processes, in
 * files, in the output of commands and of the console, in logs, in answers of the API and on the live socket.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HostView, NodeView } from '@convoy/console/protocol';
import { attack } from '../../support/attack.ts';
import { TestAuthority } from '../../support/certificates.ts';
import {
  type ConsoleProcess,
  convoyCommand,
  startConsoleProcess,
} from '../../support/console/console-process.ts';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { missingPeer, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { named, ofConsole, random, refused, Scenario } from '../../support/console/secret-scenario.ts';
import { type Secret, SecretScanner, type SeenProcess } from '../../support/console/secret-scanner.ts';
import {
  generateKey,
  missingSshd,
  type SshServer,
  startSshServer,
} from '../../support/network/ssh-server.ts';
import { endProcess } from '../../support/erlang/test-epmd.ts';

const skip = missingPeer('25', 'elixir') || (missingSshd() ?? false);

/** Launches a node with a variable of that name, and returns the node's name. */
async function launch(
  { scenario, convoy }: { readonly scenario: Scenario; readonly convoy: ConsoleProcess },
  words: readonly string[],
  variable: keyof typeof named,
): Promise<string> {
  const { dataDir } = convoy;
  const env = { [variable]: named[variable].value };
  const args = ['launch', ...words, '--env', variable, '--data-dir', dataDir, '--json'];
  return (JSON.parse(await scenario.succeed(args, env)) as { node: string }).node;
}

/** `convoy connect` with a locked key, whose passphrase is typed into a terminal. */
async function connectWithPassphrase(scenario: Scenario, server: SshServer): Promise<void> {
  const identity = join(scenario.near, 'locked');
  generateKey(identity, scenario.passphrase);
  server.authorize(readFileSync(`${identity}.pub`, 'utf8'));
  const words = [
    'connect',
    server.target,
    '--identity',
    identity,
    '--start',
    '--no-shell',
    '--env',
    'SECRET_CONNECT',
  ];
  const command = [...convoyCommand, ...words].map((word) => `'${word}'`).join(' ');
  const env = { ...process.env, ...scenario.env, SECRET_CONNECT: named.SECRET_CONNECT.value, TERM: 'dumb' };
  const terminal = spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: 'pipe' });
  const ended = once(terminal, 'close');
  let output = '';
  try {
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/Passphrase of /.test(text)) terminal.stdin.write(`${scenario.passphrase}\r`);
    });
    await ended;
  } finally {
    await endProcess(terminal);
  }
  assert.match(output, /is up on/, output);
  scenario.hear('convoy connect', output);
}

/** Failing requests that contain secrets. */
async function makeMistakes(
  scenario: Scenario,
  convoy: ConsoleProcess,
  client: ConsoleClient,
): Promise<void> {
  const flags = await scenario.run(
    ['launch', 'erlang', '--env', 'ERL_FLAGS', '--data-dir', convoy.dataDir, '--json'],
    {
      ERL_FLAGS: `-setcookie ${refused.flags}`,
    },
  );
  assert.match(flags.stdout, /PROVIDER_BAD_VARIABLE/);
  const wrong = scenario.write('wrong-cookie', refused.cookie);
  const ping = ['elixir-1@127.0.0.1', '--cookie-file', wrong, '--json'];
  const EPMD = { ERL_EPMD_PORT: String(convoy.epmdPort) };
  assert.notEqual((await scenario.run(['ping', ...ping], EPMD)).code, 0);
  assert.notEqual((await scenario.run(['doctor', ...ping], EPMD)).code, 0);
  const asked = await Promise.all([
    client.ask('/api/session', { body: { token: refused.token } }),
    client.ask('/api/nodes', { headers: { authorization: `Bearer ${refused.token}` } }),
    client.ask('/api/railway/login', { body: { token: refused.railway } }),
    client.ask('/api/nodes', { body: { kind: 'erlang', variables: { 'NO-NAME': refused.variable } } }),
    client.ask('/api/nodes', { body: { kind: 'erlang', variables: refused.variable } }),
    client.ask('/api/nodes', { body: `{"kind": "${refused.variable}", ` }),
    client.ask('/api/hosts', { body: { target: 'root@127.0.0.1:1' } }),
    client.ask('/api/hosts/none/attach', { body: { node: 'a@b', cookie: refused.cookie } }),
  ]);
  for (const { status, text } of asked) {
    assert.ok(status >= 400 || status === 202, text);
    scenario.hear('an answer of the API', text);
  }
}

async function readEverything(
  scenario: Scenario,
  convoy: ConsoleProcess,
  client: ConsoleClient,
): Promise<void> {
  const { dataDir } = convoy;
  for (const words of [
    ['list'],
    ['logs', 'elixir-1@127.0.0.1'],
    ['doctor', 'erlang-1@127.0.0.1', '--from', 'elixir-1@127.0.0.1'],
  ]) {
    await scenario.run([...words, '--data-dir', dataDir, '--json']);
  }
  const nodes = (await client.ask('/api/nodes')).json as NodeView[];
  const paths = [
    '/',
    '/api/info',
    '/api/nodes',
    '/api/hosts',
    '/api/railway',
    '/api/openapi.json',
    '/api/health',
  ];
  const logs = nodes.map(({ name }) => `/api/nodes/${encodeURIComponent(name)}/logs`);
  for (const path of [...paths, ...logs]) scenario.hear(`GET ${path}`, (await client.ask(path)).text);
  await using live = await client.live();
  scenario.hear('the live socket', JSON.stringify(live.messages));
}

/** Identified by its arguments: a child looks like a copy of it until it has become another program. */
function isConsole({ dataDir }: ConsoleProcess): (process: SeenProcess) => boolean {
  return ({ command }) => command.includes(` up --port 0 --data-dir ${dataDir} `);
}

function secretsOf(scenario: Scenario, convoy: ConsoleProcess, scanner: SecretScanner): Secret[] {
  const { dataDir } = convoy;
  const inData = (names: readonly string[]) => (path: string) =>
    names.some((name) => path === join(dataDir, name));
  const own = Object.entries(ofConsole).map(([name, text]) => {
    const value = /[0-9a-f]{32}/.exec(text)?.[0] ?? '';
    return { name, value, mayKnow: isConsole(convoy) };
  });
  const launched = Object.entries(named).map(([name, { value, place }]) => ({
    name,
    value,
    // The command that received it, and its one node.
    mayKnow: ({ command, environment }: SeenProcess) =>
      command.includes(name) || environment.some((line) => line.includes(place)),
    mayHold: (path: string) =>
      path.startsWith(join(scenario.far, '.convoy/nodes')) && path.endsWith('/variables'),
  }));
  const given = Object.entries(refused).map(([name, value]) => ({
    name: `the refused ${name}`,
    value,
    mayKnow: ({ command }: SeenProcess) => name === 'flags' && command.includes('ERL_FLAGS'),
    mayHold: (path: string) => path === join(scenario.folder, 'wrong-cookie'),
  }));
  return [
    ...own,
    ...launched,
    ...given,
    ...madeOnTheWay(scanner),
    { name: 'the passphrase', value: scenario.passphrase },
    { name: 'the secret of gossip', value: scenario.gossip, mayHold: (path) => path.endsWith('/gossip') },
    {
      name: 'the token of the console',
      value: readFileSync(join(dataDir, 'token'), 'utf8'),
      mayHold: inData(['token', 'console.json', 'open.html']),
    },
  ];
}

/**
 * Cookies and tokens that Convoy creates, by the files that contain them. A crash dump of Erlang has all atoms, including
 * cookies; it is in the node's private folder.
 */
function madeOnTheWay(scanner: SecretScanner): Secret[] {
  const files = [...scanner.files.values()];
  const values = (name: RegExp, pattern: RegExp): string[] =>
    files.flatMap(({ path, text }) =>
      name.test(path) ? [...text.matchAll(pattern)].map(([, one = '']) => one) : [],
    );
  const cookies = values(/\/(?:\.erlang\.cookie|cookie)$/, /^(\S{16,})\s*$/g);
  const links = values(/\/link$/, /\n(\S{16,})/g);
  const tokens = values(/\/simulator\/token$/, /^(\S{16,})\s*$/g);
  assert.ok(
    cookies.length > 3 && links.length > 1 && tokens.length > 0,
    'the secrets are where the scanner looks',
  );
  return [
    ...[...new Set(cookies)].map((value) => ({
      name: 'a cookie',
      value,
      // A service on Railway has its cookie as a variable.
      mayKnow: ({ environment }: SeenProcess) =>
        environment.every((line) => !line.includes(value) || line === `RELEASE_COOKIE=${value}`),
      // The store of the console keeps those of SSH hosts, so that it finds their nodes again.
      mayHold: (path: string) =>
        /\/(?:\.erlang\.cookie(?:\.new)?|cookie|store\.sqlite(?:-wal)?|erl_crash\.dump)$/.test(path),
    })),
    ...[...new Set(links)].map((value) => ({
      name: 'a link cookie',
      value,
      mayHold: (path: string) => /\/(?:link|store\.sqlite(?:-wal)?|erl_crash\.dump)$/.test(path),
    })),
    ...[...new Set(tokens)].map((value) => ({
      name: 'the token of the simulated Railway',
      value,
      mayHold: (path: string) => path.endsWith('/simulator/token'),
    })),
  ];
}

describe('the scanner for secrets', { skip }, () => {
  test('a planted secret is found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-planted-'));
    const [inArguments, inEnvironment, inOpenFile, inFile] = [random(), random(), random(), random()];
    const child = spawn('sleep', ['60', '0'], {
      env: { PATH: process.env['PATH'], X: inEnvironment },
      argv0: inArguments,
    });
    try {
      writeFileSync(join(folder, 'open'), inOpenFile);
      writeFileSync(join(folder, 'file'), inFile, { mode: 0o600 });
      chmodSync(folder, 0o755);
      const scanner = new SecretScanner([folder]);
      await eventually('two passes', 30_000, () => scanner.passes > 2);
      await scanner[Symbol.asyncDispose]();
      const mayHold = (): boolean => true;
      const found = scanner.findings([
        { name: 'A', value: inArguments },
        { name: 'B', value: inEnvironment },
        { name: 'C', value: inOpenFile, mayHold },
        { name: 'D', value: inFile },
        { name: 'E', value: inFile, mayHold },
      ]);
      assert.deepEqual(
        found.map((line) => line.slice(0, 14)),
        ['A is in the ar', 'B is in X of t', 'C is in ' + join(folder, 'open').slice(0, 6), 'D is in the fi'],
      );
    } finally {
      await endProcess(child);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('secrets', { skip }, () => {
  attack(
    'Secrets',
    'arguments, environments, files, logs and responses that other users can read contain no secret',
    async () => {
      await using stack = new AsyncDisposableStack();
      const scenario = stack.use(new Scenario());
      const authority = stack.use(await TestAuthority.create());
      const certificate = await authority.issue();
      const epmd = stack.use(await startTestEpmd());
      const server = stack.use(
        await startSshServer({
          env: { ERL_EPMD_PORT: String(epmd.port), HOME: scenario.far, AWS_SECRET: random() },
        }),
      );
      server.trustIn(scenario.near);
      copyFileSync(server.identityFile, join(scenario.near, '.ssh', 'id_ed25519'));
      writeFileSync(join(scenario.bin, 'xdg-open'), '#!/bin/sh\nsleep 3\n', { mode: 0o755 });
      const convoy = stack.use(
        await startConsoleProcess({
          args: ['--open', '--simulate', 'railway'],
          env: { ...scenario.env, ...ofConsole },
        }),
      );
      const scanner = stack.use(new SecretScanner([convoy.dataDir, scenario.folder]));
      const client = new ConsoleClient(convoy.url);
      const { key } = certificate;
      const gossip = scenario.write('gossip', scenario.gossip);
      const tls = ['--proto', 'tls', '--tls-cert', certificate.certFile, '--tls-key', certificate.keyFile];
      const node = stack.use(
        new ConvoyProcess(
          [
            ...['node', '--name', 'talks@127.0.0.1', '--cookie-file', join(convoy.dataDir, 'cookie'), ...tls],
            ...[
              '--tls-ca',
              authority.caFile,
              '--discover',
              `gossip:secret-file=${gossip},address=127.0.0.1,port=1`,
            ],
          ],
          { env: { ...scenario.env, ERL_EPMD_PORT: String(epmd.port) } },
        ),
      );

      await launch({ scenario, convoy }, ['elixir'], 'SECRET_LOCAL');
      await scenario.succeed(['launch', 'erlang', '--data-dir', convoy.dataDir, '--json']);
      const ssh = ['erlang', '--provider', 'ssh', '--host', server.target];
      await launch({ scenario, convoy }, ssh, 'SECRET_SSH');
      await launch({ scenario, convoy }, ['ts', '--provider', 'railway'], 'SECRET_RAILWAY');
      await connectWithPassphrase(scenario, server);
      await makeMistakes(scenario, convoy, client);
      await readEverything(scenario, convoy, client);
      const crashed = ((await client.ask('/api/nodes')).json as NodeView[]).find(({ name }) =>
        name.startsWith('erlang-1@127'),
      );
      process.kill(crashed?.osPid ?? 0, 'SIGUSR1');
      await eventually('the crash to be seen', 30_000, async () =>
        /crashed/.test((await client.ask('/api/nodes')).text),
      );
      scenario.hear('the crash', (await client.ask('/api/nodes')).text);
      await scenario.succeed(['stop', 'elixir-1@127.0.0.1', '--data-dir', convoy.dataDir, '--json']);
      await client.ask(`/api/hosts/${((await client.ask('/api/hosts')).json as HostView[])[0]?.id}`, {
        method: 'DELETE',
      });
      scanner.scanFiles();
      const secrets = [
        ...secretsOf(scenario, convoy, scanner),
        { name: 'the key of TLS', value: key.split('\n')[1] ?? '' },
      ];
      convoy.process.kill('SIGTERM');
      await once(convoy.process, 'exit');
      await scanner[Symbol.asyncDispose]();
      scenario.hear('the console', convoy.output().replace(convoy.url, ''));
      scenario.hear('convoy node', `${node.stdout}\n${node.stderr}`);
      scenario.hear('the log of sshd', server.log);

      assert.ok(secrets.every(({ value }) => value.length >= 16));
      assert.deepEqual(scanner.findings(secrets), []);
      const told = scenario.texts.flatMap(({ where, text }) =>
        secrets.filter(({ value }) => text.includes(value)).map(({ name }) => `${name} is told by ${where}`),
      );
      assert.deepEqual([...new Set(told)], []);
      for (const { value, place } of Object.values(named)) {
        const knew = [...scanner.processes.values()].some(
          ({ environment }) =>
            environment.some((line) => line.includes(place)) &&
            environment.some((line) => line.endsWith(`=${value}`)),
        );
        assert.ok(knew || place === 'CONVOY_FOLDER=', `the node at ${place} had its variable`);
      }
      assert.ok(
        [...scanner.processes.values()].some(({ command }) => /xdg-open/.test(command)),
        'the browser was seen',
      );
      const audit = readFileSync(join(convoy.dataDir, 'audit.jsonl'), 'utf8');
      assert.match(audit, /"variables":"SECRET_LOCAL"/);
      assert.ok(!existsSync(join(convoy.dataDir, 'open.html')));
    },
  );
});
