/** What `convoy attach` asks of the console. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigPlaces } from '../../../src/options/config-file.ts';
import type { CliError } from '../../../src/errors.ts';
import { attachRequestOf, colors } from '../../../src/options/attach/attach-options.ts';
import { discoveryTexts } from '../../../src/options/attach/discovery-texts.ts';
import { optionValues } from '../../../src/completion/option-values.ts';
import { makeFolder } from '../../temporary-folder.ts';

/** Places without a configuration file or a cookie, and this environment. */
function placesWith(env: NodeJS.ProcessEnv = {}, home = '/nonexistent'): ConfigPlaces {
  return { env, home, folder: '/nonexistent' };
}

const given = placesWith({ CONVOY_COOKIE: 'given' });
const nodes = ['app@10.0.0.5'];
const refusal = (code: string) => (error: CliError) => error.code === code;

describe('the cookie of a cluster to attach', () => {
  test('is passed by the path of its file', async () => {
    using folder = makeFolder({ cookie: 'secret' });
    const { cookie, cookieFile } = await attachRequestOf(
      nodes,
      { cookieFile: folder.file('cookie') },
      placesWith(),
    );
    assert.deepEqual([cookie, cookieFile], [undefined, folder.file('cookie')]);
  });

  test('is taken from the environment, else from the home folder, and never from the console', async () => {
    assert.equal((await attachRequestOf(nodes, {}, given)).cookie, 'given');
    await assert.rejects(attachRequestOf(nodes, {}, placesWith()), refusal('CLI_NO_COOKIE'));
    using home = makeFolder({ '.erlang.cookie': 'own' });
    const { cookieFile } = await attachRequestOf(nodes, {}, placesWith({}, home.path));
    assert.equal(cookieFile, home.file('.erlang.cookie'));
  });

  test('is left to the console through a place, where it reads that of the owner of the node', async () => {
    const { cookie, cookieFile, via } = await attachRequestOf(nodes, { via: 'ssh://ops@db1' }, placesWith());
    assert.deepEqual([cookie, cookieFile, via], [undefined, undefined, 'ssh://ops@db1']);
  });

  test('in a file that cannot be read is refused before the console is asked', async () => {
    await assert.rejects(
      attachRequestOf(nodes, { cookieFile: '/nonexistent' }, given),
      refusal('CLI_NO_COOKIE'),
    );
  });
});

describe('the way to a cluster to attach', () => {
  test('is that of the flags, with absolute paths', async () => {
    const request = await attachRequestOf(
      nodes,
      {
        proto: 'tls6',
        tlsCert: 'a.pem',
        tlsVerify: 'none',
        epmdPort: '4370',
        distPort: '9100',
        name: 'prod',
        color: 'red',
        production: true,
        keep: false,
      },
      given,
    );
    const { proto, tls, epmdPort, port, name, color, production, keep } = request;
    assert.deepEqual([proto, epmdPort, port, name, color], ['tls6', 4370, 9100, 'prod', 'red']);
    assert.deepEqual([production, keep], [true, false]);
    assert.deepEqual([tls?.certFile, tls?.verify], [`${process.cwd()}/a.pem`, 'none']);
  });

  test('is also that of the environment: EPMD here, but not on hosts behind SSH', async () => {
    const env = { CONVOY_COOKIE: 'given', ERL_EPMD_PORT: '4371', CONVOY_PROTO: 'inet6' };
    const { proto, epmdPort } = await attachRequestOf(nodes, {}, placesWith(env));
    assert.deepEqual([proto, epmdPort], ['inet6', 4371]);
    assert.equal(
      (await attachRequestOf(nodes, { via: 'ssh://ops@db1' }, placesWith(env))).epmdPort,
      undefined,
    );
  });

  test('is refused if it contradicts itself, and a request without any entry', async () => {
    await assert.rejects(attachRequestOf(nodes, { tlsCert: 'a.pem' }, given), /TLS is not used/);
    await assert.rejects(attachRequestOf(nodes, { proto: 'udp' }, given), /--proto udp/);
    await assert.rejects(attachRequestOf(nodes, { color: 'mauve' }, given), /--color mauve/);
    await assert.rejects(attachRequestOf(nodes, { name: 'Prod' }, given), /--name Prod/);
    await assert.rejects(attachRequestOf(nodes, { epmdPort: '0' }, given), /--epmd-port 0/);
    await assert.rejects(attachRequestOf([], {}, given), /no node was named/);
  });

  test('has the colours that are completed', () => {
    assert.deepEqual(optionValues['--color'], colors);
  });
});

describe('discovery for a cluster to attach', () => {
  test('is checked here, and given as text with absolute paths', async () => {
    using folder = makeFolder({ secret: 'of-gossip' });
    const texts = await discoveryTexts([
      'dns:query=api.internal,basename=api',
      { strategy: 'static', nodes: ['a@h', 'b@h'], prune: 'never' },
      `gossip:secret-file=${folder.file('secret')}`,
      'hosts-file:file=some/hosts',
    ]);
    assert.deepEqual(texts, [
      'dns:query=api.internal,basename=api',
      'static:nodes=a@h+b@h,prune=never',
      `gossip:secret-file=${folder.file('secret')}`,
      `hosts-file:file=${process.cwd()}/some/hosts`,
    ]);
    await assert.rejects(discoveryTexts(['dsn:query=a']), /unknown discovery strategy "dsn"/);
    await assert.rejects(discoveryTexts([{ strategy: 'hosts-file', file: 'a,b' }]), /contains a comma/);
  });
});
