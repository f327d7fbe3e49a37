/** The form of a cluster: what is wrong with each field as it is typed, and what is asked of the console. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attachClusterSchema } from '@convoy/console/protocol';
import {
  type ClusterDraft,
  draftOf,
  emptyDraft,
  problemsAsTyped,
  problemsAtEnd,
  requestOf,
} from '../../../src/state/clusters/cluster-draft.ts';

function draft(more: Partial<ClusterDraft> = {}): ClusterDraft {
  return { ...emptyDraft('teal'), ...more };
}

const filled = draft({ names: 'app@10.0.0.5', cookie: ' a b ' });

describe('fields as they are typed', () => {
  test('an empty form has no problem until it is submitted', () => {
    assert.deepEqual(problemsAsTyped(draft(), []), {});
    assert.deepEqual(Object.keys(problemsAtEnd(draft())), ['names', 'cookie']);
    const others = draft({ find: 'discover', secret: 'file', way: 'ssh' });
    assert.deepEqual(Object.keys(problemsAtEnd(others)), ['discover', 'cookieFile', 'sshTarget']);
    assert.deepEqual(problemsAtEnd(draft({ names: 'a@h', secret: 'own' })), {});
  });

  test('names are full node names, one or several', () => {
    const of = (names: string): string | undefined => problemsAsTyped(draft({ names }), []).names;
    for (const names of ['app@10.0.0.5', 'a@h\nb@h', ' a@h , b@h ', 'app@fe80::1'])
      assert.equal(of(names), undefined);
    assert.match(of('a@h\napp') ?? '', /“app” has no host: write app@host/);
    assert.match(of('a@b@c') ?? '', /“a@b@c” is not a full node name/);
    assert.match(of(`${'x'.repeat(255)}@h`) ?? '', /at most 255 characters/);
    assert.match(of(Array.from({ length: 51 }, (_, at) => `a${at}@h`).join(' ')) ?? '', /At most 50/);
  });

  test('strategies start with one that the console knows', () => {
    const of = (discover: string): string | undefined =>
      problemsAsTyped(draft({ find: 'discover', discover }), []).discover;
    assert.equal(of('epmd:hosts=db1\ndns:query=api.internal,basename=app local-epmd'), undefined);
    assert.match(of('db1') ?? '', /“db1” does not start with a strategy: static, epmd/);
    assert.match(of('epmd '.repeat(11)) ?? '', /At most 10/);
  });

  test('the name of the cluster is free and has the characters of an id', () => {
    const of = (name: string): string | undefined => problemsAsTyped(draft({ name }), ['prod', 'local']).name;
    assert.equal(of('staging-2'), undefined);
    assert.match(of('prod') ?? '', /has a cluster prod already/);
    assert.match(of('Prod') ?? '', /“P” is something else/);
    assert.match(of('-prod') ?? '', /does not start with a dash/);
    assert.match(of('x'.repeat(41)) ?? '', /at most 40 characters; this one has 41/);
  });

  test('cookies, files, ports and SSH targets say what is wrong with them', () => {
    const of = (more: Partial<ClusterDraft>): readonly string[] =>
      Object.values(problemsAsTyped(draft(more), []));
    assert.deepEqual(of({ cookieFile: 'cookie' }), [], 'a field that is not shown');
    assert.match(of({ secret: 'file', cookieFile: 'cookie' }).join(), /whole path/);
    for (const cookieFile of ['/etc/cookie', '~/.erlang.cookie', 'C:\\cookie'])
      assert.deepEqual(of({ secret: 'file', cookieFile }), []);
    assert.match(of({ cookie: 'x'.repeat(256) }).join(), /at most 255 characters/);
    assert.match(of({ proto: 'tls', caFile: 'ca.pem' }).join(), /whole path/);
    assert.deepEqual(of({ proto: 'inet', caFile: 'ca.pem' }), []);
    assert.match(of({ way: 'ssh', sshTarget: 'ops @db1' }).join(), /no spaces/);
    assert.match(of({ way: 'ssh', proto: 'tls6' }).join(), /TLS is possible directly only/);
    assert.match(of({ way: 'ssh://ops@db1', port: '4000' }).join(), /the port of each node is found there/);
    for (const port of ['0', '65536', '4369x', '-1'])
      assert.match(of({ port }).join(), /from 1 to 65535/, port);
    assert.match(of({ port: '4000', epmdPort: '4369' }).join(), /leave one of the two ports empty/);
  });
});

describe('the request', () => {
  test('is what the console accepts, with the cookie exactly as typed', () => {
    const request = requestOf(filled);
    assert.deepEqual(request, {
      nodes: ['app@10.0.0.5'],
      discover: [],
      cookie: ' a b ',
      proto: 'inet',
      color: 'teal',
      production: false,
      keep: true,
    });
    assert.deepEqual(attachClusterSchema.parse(request), request);
  });

  test('has nothing of fields that are not shown', () => {
    const request = requestOf({
      ...filled,
      find: 'discover',
      discover: 'epmd:hosts=db1 local-epmd',
      secret: 'own',
      cookieFile: '/etc/cookie',
      certFile: '/etc/cert.pem',
      sshTarget: 'ops@db1',
    });
    assert.deepEqual(
      { nodes: request.nodes, discover: request.discover },
      { nodes: [], discover: ['epmd:hosts=db1', 'local-epmd'] },
    );
    for (const field of ['cookie', 'cookieFile', 'tls', 'via', 'name', 'port', 'epmdPort'])
      assert.equal(field in request, false, field);
  });

  test('becomes the same form again, without the cookie', () => {
    const whole = draft({
      names: 'app@10.0.0.5\nweb@10.0.0.6',
      name: 'prod',
      secret: 'file',
      cookieFile: '/etc/cookie',
      proto: 'tls6',
      certFile: '/etc/cert.pem',
      keyFile: '/etc/key.pem',
      caFile: '/etc/ca.pem',
      anyCertificate: true,
      epmdPort: '4370',
      color: 'pink',
      production: true,
      keep: false,
    });
    assert.deepEqual(draftOf(requestOf(whole), { color: 'blue', places: [] }), whole);
    const overSsh = draft({ names: 'a@h', secret: 'own', way: 'ssh', sshTarget: 'ops@db1' });
    assert.deepEqual(draftOf(requestOf(overSsh), { color: 'blue', places: [] }), {
      ...overSsh,
      secret: 'cookie',
    });
    const throughPlace = draft({ names: 'a@h', cookie: 'secret', way: 'ssh://ops@db1' });
    const { cookie: _cookie, ...kept } = requestOf(throughPlace);
    assert.deepEqual(draftOf(kept, { color: 'blue', places: ['ssh://ops@db1'] }), {
      ...throughPlace,
      cookie: '',
    });
    const byDiscovery = draft({ find: 'discover', discover: 'gossip', secret: 'cookie' });
    const { cookie: _none, ...found } = requestOf(byDiscovery);
    assert.deepEqual(draftOf(found, { color: 'blue', places: [] }), byDiscovery);
    const onRailway = draft({
      names: 'app@app.railway.internal',
      cookie: '',
      way: 'railway:shop/production',
    });
    // It need not be open: the console opens it.
    assert.deepEqual(draftOf(requestOf(onRailway), { color: 'blue', places: [] }), onRailway);
  });
});
