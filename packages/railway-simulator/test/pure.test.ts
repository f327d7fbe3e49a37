/** The parts of the simulator that do no input or output. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { containerCommand, kindOfSource } from '../src/containers/container-command.ts';
import { Faults } from '../src/world/simulated-faults.ts';
import { parseListeners, parseOpenPorts } from '../src/containers/listening-sockets.ts';
import { renderVariables } from '../src/world/render-variables.ts';
import { RequestWindow } from '../src/api/request-window.ts';

const given = { RAILWAY_PRIVATE_DOMAIN: '127.70.1.2' };

test('references in variables are resolved, even through other references', () => {
  const own = {
    HOST: '${{RAILWAY_PRIVATE_DOMAIN}}',
    RELEASE_NODE: 'web@${{ HOST }}',
    COOKIE: '${{shared.COOKIE}}',
    NOTHING: 'a${{nowhere.X}}b${{MISSING}}c',
    toString: 'kept',
  };
  const rendered = renderVariables({ own, given, shared: { COOKIE: 'sweet' } });
  assert.equal(rendered['RELEASE_NODE'], 'web@127.70.1.2');
  assert.equal(rendered['COOKIE'], 'sweet');
  assert.equal(rendered['NOTHING'], 'abc');
  assert.equal(rendered['toString'], 'kept');
  assert.equal(rendered['RAILWAY_PRIVATE_DOMAIN'], '127.70.1.2');
});

test('circular and multiplying references come to an end', () => {
  const circle = { A: '${{B}}${{B}}', B: '${{A}}${{A}}' };
  assert.deepEqual(renderVariables({ own: circle, given: {}, shared: {} }), { A: '', B: '' });
  const web = {
    own: { URL: 'http://${{HOST}}', BACK: '${{me.X}}' },
    given: { HOST: 'web.railway.internal' },
  };
  const own = { X: '${{web.URL}}/x', Y: '${{missing.URL}}', Z: '${{web.BACK}}' };
  const service = (name: string) => (name === 'web' ? web : undefined);
  const rendered = renderVariables({ own, given: {}, shared: {}, service });
  assert.deepEqual(rendered, { X: 'http://web.railway.internal/x', Y: '', Z: '' });
});

test('a window admits its number of requests, reports how many are left, and starts over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat({ max: 400 })), (requests, pauses) => {
      const window = new RequestWindow({ requests, windowMs: 1000 });
      let now = 1e12;
      let start = -Infinity;
      let used = 0;
      for (const pause of pauses) {
        now += pause;
        if (now - start >= 1000) [start, used] = [now, 0];
        const { isAdmitted, headers } = window.admit(now);
        assert.equal(isAdmitted, used < requests);
        used = Math.min(used + 1, requests);
        assert.equal(headers['X-RateLimit-Remaining'], String(requests - used));
        assert.equal(headers['Retry-After'] === undefined, isAdmitted);
      }
    }),
  );
});

test('faults are used up one by one, each by a matching request or build', () => {
  const faults = new Faults();
  faults.add({ kind: 'notAuthorized', operation: 'Deploy', times: 2 });
  faults.add({ kind: 'cut', operation: 'socket' });
  faults.add({ kind: 'buildFails', service: 'web', message: 'no' });
  assert.equal(faults.forRequest('Services'), undefined);
  assert.equal(faults.forRequest('Deploy')?.kind, 'notAuthorized');
  assert.equal(faults.forRequest('Deploy')?.kind, 'notAuthorized');
  assert.equal(faults.forRequest('Deploy'), undefined);
  assert.equal(faults.forRequest('socket')?.kind, 'cut');
  assert.equal(faults.forBuild('api'), undefined);
  assert.equal(faults.forBuild('web')?.message, 'no');
  assert.equal(faults.forBuild('web'), undefined);
});

test('the kind of node in an image is known by its name', () => {
  assert.equal(kindOfSource({ image: 'ghcr.io/acme/convoy-node:1.2' }), 'typescript');
  assert.equal(kindOfSource({ image: `elixir@sha256:${'0'.repeat(64)}` }), 'elixir');
  assert.equal(kindOfSource({ repo: 'acme/erlang' }), 'erlang');
  assert.equal(kindOfSource({ image: 'postgres:16' }), undefined);
  assert.equal(kindOfSource({ image: 'constructor' }), undefined);
});

test('a container has no secret in its arguments, and only PATH of our environment', () => {
  for (const kind of ['typescript', 'elixir', 'erlang'] as const) {
    const { args, env } = containerCommand({
      kind,
      folder: '/tmp/x',
      address: '127.70.1.2',
      startCommand: undefined,
      convoyCommand: ['node', 'main.js'],
      path: '/bin',
      env: { RELEASE_NODE: 'web@127.70.1.2', RELEASE_COOKIE: 'sw33t', ERL_DIST_PORT: '9100' },
    });
    assert.ok(!args.join(' ').includes('sw33t'), args.join(' '));
    assert.equal(env['PATH'], '/bin');
    assert.equal(env['USER'], undefined);
  }
});

test('a BEAM gets its port only once, from the variable or from the flags', () => {
  const argsWith = (env: Record<string, string>): string => {
    const options = {
      folder: '/tmp/x',
      address: undefined,
      startCommand: undefined,
      convoyCommand: [],
      path: '',
    };
    const given = { RELEASE_NODE: 'web@web.railway.internal', ...env };
    return containerCommand({ ...options, kind: 'erlang', env: given }).args.join(' ');
  };
  assert.match(argsWith({ ERL_DIST_PORT: '9100' }), /-start_epmd false -erl_epmd_port 9100/);
  assert.doesNotMatch(argsWith({ ERL_AFLAGS: '-start_epmd false -erl_epmd_port 9100' }), /epmd/);
  assert.throws(() => argsWith({}), { code: 'PROVIDER_SPAWN_FAILED' });
});

test('a start command is split into words and run without a shell', () => {
  const { file, args } = containerCommand({
    kind: 'typescript',
    folder: '/tmp/x',
    address: '127.70.1.2',
    startCommand: `convoy node --hidden "./my app.ts" '$(x)'`,
    convoyCommand: ['node', 'main.js'],
    path: '/bin',
    env: { RELEASE_NODE: 'web@127.70.1.2', ERL_DIST_PORT: '9100' },
  });
  assert.equal(file, 'node');
  assert.deepEqual(args, ['main.js', 'node', '--hidden', './my app.ts', '$(x)']);
});

test("listeners of an address are read from the system's table", () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue',
    '   0: 0201467F:238C 00000000:0000 0A 00000000:00000000',
    '   1: 0201467F:9999 00000000:0000 01 00000000:00000000',
    '   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000',
  ].join('\n');
  assert.deepEqual(parseListeners(table, '127.70.1.2'), [9100]);
  assert.deepEqual(parseListeners('nonsense', '127.70.1.2'), []);
});

test('ports on loopback are not open to a private network', () => {
  const table = [
    '  sl  local_address rem_address st',
    '   0: 00000000000000000000000000000000:238C 00000000000000000000000000000000:0000 0A',
    '   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A',
    '   2: 120012FD00000000000000000100000A:0050 00000000000000000000000000000000:0000 01',
    '   3: 0100007F:1111 00000000:0000 0A',
    '   4: 00000000:238D 00000000:0000 0A',
  ].join('\n');
  assert.deepEqual(parseOpenPorts(table), [9100, 9101]);
});
