/** Resolving the hops of a target with `~/.ssh/config`. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfigFile } from '../../../../src/platforms/ssh/config/ssh-config-file.ts';
import type { SshOptions } from '../../../../src/platforms/ssh/connection/ssh-connection.ts';
import { type ResolvedHop, resolveHops } from '../../../../src/platforms/ssh/config/ssh-hops.ts';
import { parseSshTarget } from '../../../../src/platforms/ssh/connection/ssh-target.ts';

const home = '/home/me';

function resolve(target: string, text: string, options: SshOptions = {}): ResolvedHop[] {
  return resolveHops(parseSshTarget(target), options, {
    home,
    user: 'me',
    env: { SSH_AUTH_SOCK: '/agent', MINE: '/my-agent' },
    config: { file: '~/.ssh/config', text },
  });
}

function resolveOne(target: string, text: string, options: SshOptions = {}): ResolvedHop {
  const [hop] = resolve(target, text, options);
  assert.ok(hop !== undefined);
  return hop;
}

test('defaults without a configuration', () => {
  assert.deepEqual(resolveOne('db1', ''), {
    host: 'db1',
    address: 'db1',
    port: 22,
    user: 'me',
    hostKeyAlias: undefined,
    requiredKeys: [],
    optionalKeys: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `${home}/.ssh/${name}`),
    identitiesOnly: false,
    agent: '/agent',
    knownHostsFiles: [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`, '/etc/ssh/ssh_known_hosts'],
    acceptNewHostKey: false,
  });
});

test('the first value of a keyword wins, in any case, and the target overrides the file', () => {
  const text = `
host db*
  hostname %h.example
  USER ops
  Port 2222
Host *
  User nobody
  IdentitiesOnly yes
  IdentityFile "~/.ssh/keys of %r@%h"
  IdentityFile none
  UserKnownHostsFile ~/.ssh/a "/with space/b"
  GlobalKnownHostsFile none
  StrictHostKeyChecking accept-new
`;
  const hop = resolveOne('db1', text);
  assert.deepEqual([hop.address, hop.user, hop.port, hop.identitiesOnly], ['db1.example', 'ops', 2222, true]);
  assert.deepEqual(hop.optionalKeys, [`${home}/.ssh/keys of ops@db1.example`]);
  assert.deepEqual(hop.knownHostsFiles, [`${home}/.ssh/a`, '/with space/b']);
  assert.equal(hop.acceptNewHostKey, true);
  const overridden = resolveOne('root@db1:22', text, { acceptNewHostKey: false, knownHostsFiles: ['~/k'] });
  assert.deepEqual([overridden.user, overridden.port, overridden.acceptNewHostKey], ['root', 22, false]);
  assert.deepEqual(overridden.knownHostsFiles, [`${home}/k`]);
});

test('agents: a socket, a variable, none, or the option', () => {
  assert.equal(resolveOne('db1', 'IdentityAgent ~/a.sock').agent, `${home}/a.sock`);
  assert.equal(resolveOne('db1', 'IdentityAgent $MINE').agent, '/my-agent');
  assert.equal(resolveOne('db1', 'IdentityAgent SSH_AUTH_SOCK').agent, '/agent');
  assert.equal(resolveOne('db1', 'IdentityAgent none').agent, undefined);
  assert.equal(resolveOne('db1', 'IdentityAgent none', { agent: '/x' }).agent, '/x');
  assert.equal(resolveOne('db1', '', { agent: false }).agent, undefined);
});

test('checking of host keys cannot be turned off', () => {
  assert.equal(resolveOne('db1', 'StrictHostKeyChecking no').acceptNewHostKey, false);
});

test('jump hosts, and jump hosts of jump hosts; hops in the target override them', () => {
  const text = 'Host db1\n ProxyJump a,ops@b:2222\nHost a\n ProxyJump c\n';
  const names = (target: string): string[] =>
    resolve(target, text).map(({ host, port }) => `${host}:${port}`);
  assert.deepEqual(names('db1'), ['c:22', 'a:22', 'b:2222', 'db1:22']);
  assert.deepEqual(names('x,db1'), ['x:22', 'db1:22']);
  assert.deepEqual(
    resolve('db1', 'Host db1\n ProxyJump none\nHost *\n ProxyJump x\n').map(({ host }) => host),
    ['db1'],
  );
});

test('unsupported and invalid settings are refused, and no program runs', () => {
  assert.throws(() => resolve('db1', 'ProxyCommand nc %h %p'), { code: 'SSH_BAD_CONFIG' });
  assert.throws(() => resolve('db1', 'ProxyJump db1'), {
    code: 'SSH_BAD_CONFIG',
    message: /more than 8 hops/,
  });
  assert.throws(() => resolve('db1', 'ProxyJump a:b:c'), { code: 'SSH_BAD_CONFIG' });
  assert.throws(() => resolve('db1', 'Port many'), { code: 'SSH_BAD_CONFIG', message: /many/ });
  assert.equal(resolveOne('db1', 'Match exec "true"\n  User ran\n').user, 'me');
});

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-config-'));
  mkdirSync(join(folder, '.ssh', 'parts'), { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, '.ssh', name);
  writeFileSync(file, text);
  return file;
}

test('included files belong to their section, which continues after them', async () => {
  write('parts/1.conf', 'Host db1\n  User one\n');
  write('parts/2.conf', 'Host db2\n  User two\n');
  write('parts/.hidden', 'User hidden\n');
  write('ports', 'Port 2222\n');
  const file = write(
    'config',
    'CanonicalizeHostname yes\nInclude parts/*\nInclude = "~/.ssh/missing" parts/none*\nHost db3\n  Include ports\n  User three\nHost *\n  Port 7\n',
  );
  const text = await readConfigFile({ file, isRequired: true, home: folder });
  assert.ok(text !== undefined && !text.includes('Canonicalize') && !text.includes('hidden'));
  const found = ['db1', 'db2', 'db3', 'db4'].map((name) => resolveOne(name, text));
  assert.deepEqual(
    found.map(({ user, port }) => [user, port]),
    [
      ['one', 7],
      ['two', 7],
      ['three', 2222],
      ['me', 7],
    ],
  );
});

test('files that are missing, or include themselves', async () => {
  const missing = { file: join(folder, 'nothing'), home: folder };
  assert.equal(await readConfigFile({ ...missing, isRequired: false }), undefined);
  await assert.rejects(readConfigFile({ ...missing, isRequired: true }), { code: 'SSH_BAD_CONFIG' });
  const file = write('circle', 'Include circle\n');
  await assert.rejects(readConfigFile({ file, isRequired: true, home: folder }), { code: 'SSH_BAD_CONFIG' });
});
