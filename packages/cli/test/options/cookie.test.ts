/** Which cookie a command uses. */

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { describe, test } from 'node:test';
import { findCookie } from '../../src/options/cookie.ts';
import { makeFolder } from '../temporary-folder.ts';

describe('the cookie', () => {
  test('comes from the first of flag, environment, configuration, console and home', async () => {
    using folder = makeFolder({ 'flag.txt': 'flag\n', 'env.txt': 'env', 'config.txt': 'config' });
    using configured = makeFolder({
      'convoy.config.json': JSON.stringify({ cookieFile: folder.file('config.txt') }),
    });
    using empty = makeFolder();
    using data = makeFolder({ cookie: 'console' });
    using home = makeFolder({ '.erlang.cookie': 'home' });
    const cookie = 'flag-text';
    const cookieFile = folder.file('flag.txt');
    const env = {
      CONVOY_COOKIE_FILE: folder.file('env.txt'),
      CONVOY_COOKIE: 'env-text',
      RELEASE_COOKIE: 'release',
    };
    const dataDir = data.path;
    const at = { folder: configured.path, home: home.path };

    assert.equal(await findCookie({ cookie, cookieFile, dataDir }, { env, ...at }), 'flag');
    assert.equal(await findCookie({ cookie, dataDir }, { env, ...at }), 'flag-text');
    assert.equal(await findCookie({ dataDir }, { env, ...at }), 'env');
    const { CONVOY_COOKIE_FILE: _file, ...texts } = env;
    assert.equal(await findCookie({ dataDir }, { env: texts, ...at }), 'env-text');
    assert.equal(await findCookie({ dataDir }, { env: { ...texts, CONVOY_COOKIE: '' }, ...at }), 'release');
    assert.equal(await findCookie({ dataDir }, { env: { ERL_AFLAGS: '-setcookie erl' }, ...at }), 'erl');
    assert.equal(await findCookie({ dataDir }, { env: {}, ...at }), 'config');
    assert.equal(await findCookie({ dataDir }, { env: {}, ...at, folder: empty.path }), 'console');
    const homeOnly = { env: {}, folder: empty.path, home: home.path };
    assert.equal(await findCookie({ dataDir: empty.path }, homeOnly), 'home');
  });

  test('is an error that says what to do when there is none', async () => {
    using empty = makeFolder();
    const nowhere = { env: {}, folder: empty.path, home: empty.path };
    await assert.rejects(findCookie({ dataDir: empty.path }, nowhere), {
      code: 'CLI_NO_COOKIE',
      remedy: /--cookie-file/,
    });
  });

  test('of a release that says it twice is none, unless it is said for Convoy', async () => {
    const env = { RELEASE_COOKIE: 'first', ERL_AFLAGS: '-setcookie second' };
    await assert.rejects(findCookie({}, { env }), {
      code: 'CLI_NO_COOKIE',
      message: /^(?!.*(?:first|second)).*more than once/,
    });
    assert.equal(await findCookie({}, { env: { ...env, CONVOY_COOKIE: 'ours' } }), 'ours');
  });

  test('is not in the message about its file', async () => {
    using folder = makeFolder({ blank: ' \n' });
    await assert.rejects(findCookie({ cookieFile: folder.file('blank') }), { message: /is empty/ });
    await assert.rejects(findCookie({ cookieFile: folder.file('none') }), { message: /cannot be read/ });
  });

  test('is warned about when others can read it', async (t) => {
    using folder = makeFolder({ open: 'secret-cookie' });
    chmodSync(folder.file('open'), 0o644);
    const lines: string[] = [];
    t.mock.method(process.stderr, 'write', (text: string) => lines.push(text));
    await findCookie({ cookieFile: folder.file('open') });
    await findCookie({ cookie: 'secret-cookie' });
    assert.match(lines.join('\n'), /chmod 600[^]*prefer --cookie-file/);
    assert.doesNotMatch(lines.join('\n'), /secret-cookie/);
  });
});
