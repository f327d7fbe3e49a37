import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRelease } from '../../../src/launch/release/check-release.ts';
import { releaseFlags } from '../../../src/launch/release/release-script.ts';

test('writes a flag on each line, the cookie twice so that OTP reads the file, and no quotes', () => {
  const text = releaseFlags(['+Bi', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}']);
  const lines = text.trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 4), [
    '+Bi',
    '-kernel inet_dist_use_interface {127,0,0,1}',
    '-setcookie see_cookie_file',
    '-setcookie see_cookie_file',
  ]);
  assert.match(lines[4] ?? '', /^-eval [^\s"'\\#]+$/);
});

test('refuses a release that is missing or of another kind, and says what to do', () => {
  const asked = { folder: '/srv/shop', where: 'this computer' };
  checkRelease({ ...asked, kind: 'elixir' }, { tool: 'mix' });
  checkRelease({ ...asked, kind: 'erlang' }, { tool: 'rebar3' });
  const code = 'PROVIDER_BAD_PROGRAM';
  assert.throws(() => checkRelease({ ...asked, kind: 'erlang' }, { tool: 'mix' }), {
    code,
    message: '/srv/shop was made by mix release',
    remedy: 'Launch it as an Elixir node.',
  });
  assert.throws(
    () => checkRelease({ ...asked, kind: 'elixir' }, { problem: 'has no release in /srv/shop' }),
    {
      code,
      message: 'this computer has no release in /srv/shop',
      remedy: /^Give the folder that mix release or rebar3 release made/,
    },
  );
  assert.throws(() => checkRelease({ ...asked, kind: 'elixir' }, {}), { code });
});
