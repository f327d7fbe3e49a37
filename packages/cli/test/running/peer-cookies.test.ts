/** The cookies of single peers: from a file and from the environment of a release. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { readPeerCookies, setPeerCookies } from '../../src/running/peer-cookies.ts';
import { makeFolder } from '../temporary-folder.ts';

test('reads the lines of the file after the flags of a release', () => {
  using folder = makeFolder({ cookies: '# of the old cluster\n\na@10.0.0.4 one two\r\n\tb@h  #x\n' });
  const env = { ERL_AFLAGS: '-setcookie a@10.0.0.4 old -setcookie ours', ERL_ZFLAGS: "-setcookie c@h 'its'" };
  assert.deepEqual(readPeerCookies({ peerCookieFile: folder.file('cookies') }, env), [
    ['a@10.0.0.4', 'old'],
    ['c@h', 'its'],
    ['a@10.0.0.4', 'one two'],
    ['b@h', '#x'],
  ]);
  assert.deepEqual(readPeerCookies({}, {}), []);
});

test('reads Latin-1 and UTF-8', () => {
  using folder = makeFolder({ utf8: 'a@h grün' });
  writeFileSync(folder.file('latin1'), Buffer.from('a@h grün', 'latin1'));
  for (const name of ['utf8', 'latin1'])
    assert.deepEqual(readPeerCookies({ peerCookieFile: folder.file(name) }, {}), [['a@h', 'grün']]);
});

test('names the line or the peer of what is wrong, never the cookie', () => {
  using folder = makeFolder({ cookies: 'a@h ok\nhush\n' });
  const read = (): unknown => readPeerCookies({ peerCookieFile: folder.file('cookies') }, {});
  assert.throws(read, (error: Error & { code: string }) => {
    assert.equal(error.code, 'CLI_BAD_PEER_COOKIES');
    assert.match(error.message, /cookies:2 is not the full name of a node and its cookie/);
    return !error.message.includes('hush');
  });
  assert.throws(() => readPeerCookies({ peerCookieFile: folder.file('missing') }, {}), {
    code: 'CLI_NO_COOKIE',
  });
  const node = {
    setCookie: () => {
      throw new Error('the cookie is too long');
    },
  };
  assert.throws(() => setPeerCookies(node, [['a@h', 'hush']]), {
    code: 'CLI_BAD_PEER_COOKIES',
    message: 'the cookie for a@h cannot be used: the cookie is too long',
  });
});
