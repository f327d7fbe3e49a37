/** Which configuration file is read or run, and what is refused in it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfigFile } from '../../src/options/config-file.ts';
import { withSettings } from '../../src/options/config.ts';
import { world } from './config-world.ts';

const own = 'home/.config/convoy/convoy.config';

describe('the configuration file', () => {
  test('is the one that is named, else the one of the folder, else the user’s own', async () => {
    const env = { CONVOY_CONFIG: 'named.json' };
    const files = { 'work/convoy.config.json': '{"name": "folder"}', [`${own}.json`]: '{"name": "own"}' };
    using both = world(files);
    using named = world({ ...files, 'work/named.json': '{"name": "named"}' }, env);
    using alone = world({ [`${own}.json`]: '{"name": "own"}' });
    using none = world({});
    assert.deepEqual(await readConfigFile(named.places), { name: 'named' });
    assert.deepEqual(await readConfigFile(both.places), { name: 'folder' });
    assert.deepEqual(await readConfigFile(alone.places), { name: 'own' });
    assert.deepEqual(await readConfigFile(none.places), {});
  });

  test('is run when it is named, or the user’s own', async () => {
    const program = 'export default { port: 7 as number, join: ["a@h"] };';
    using named = world({ 'work/mine.ts': program }, { CONVOY_CONFIG: 'mine.ts' });
    using alone = world({ [`${own}.ts`]: program });
    for (const { places } of [named, alone]) {
      assert.deepEqual(await withSettings({}, ['port', 'join'], places), { port: '7', join: ['a@h'] });
    }
  });

  test('of the user is where XDG_CONFIG_HOME says, unless that is relative', async () => {
    using one = world({ 'elsewhere/convoy/convoy.config.json': '{"name": "elsewhere"}' });
    const absolute = { ...one.places, env: { XDG_CONFIG_HOME: one.file('elsewhere') } };
    assert.deepEqual(await readConfigFile(absolute), { name: 'elsewhere' });
    using planted = world({ 'work/here/convoy/convoy.config.ts': 'throw new Error("run");' });
    assert.deepEqual(await readConfigFile({ ...planted.places, env: { XDG_CONFIG_HOME: 'here' } }), {});
  });

  test('that is named and missing, or of no known kind, is an error', async () => {
    using one = world({ 'work/settings.yaml': 'port: 1' });
    for (const name of ['missing.json', 'missing.ts', 'settings.yaml']) {
      await assert.rejects(readConfigFile({ ...one.places, env: { CONVOY_CONFIG: name } }), {
        code: 'CLI_BAD_CONFIG',
        message: new RegExp(name),
      });
    }
  });
});

describe('what a configuration file holds', () => {
  for (const [title, text, message, remedy] of [
    [
      'an unknown key',
      '{"listenprt": 1}',
      /sets "listenprt", which is not a known option/,
      /Did you mean "listenPort"\?/,
    ],
    ['a key as the flag is written', '{"data-dir": "x"}', /"data-dir"/, /"dataDir"/],
    ['a secret that belongs elsewhere', '{"cookie": "x"}', /^(?!.*"x")/, /"cookieFile"/],
    ['a text for a flag', '{"open": "yes"}', /"open" to text$/, /true or false/],
    ['a list for a text', '{"port": [1]}', /"port" to a list$/, /text or a number/],
    ['a text for a list', '{"join": "a@h"}', /"join" to text$/, /a list of texts/],
    ['null', '{"name": null}', /"name" to null$/, /text or a number/],
    [
      'an object in a list',
      '{"join": ["a@h", {}]}',
      /"join" to a list whose item 2 is an object$/,
      /Each item/,
    ],
    [
      'a topology without a strategy',
      '{"discover": [{"nodes": []}]}',
      /item 1 is an object$/,
      /with a strategy/,
    ],
    ['a list', '[]', /contains a list instead of an object$/, /one object/],
    ['no JSON', '{', /cannot be read/, undefined],
    [
      'a number that would be rounded',
      '{"dataDir": 12345678901234567890}',
      /12345678901234567890/,
      /in quotes/,
    ],
    ['a number that would be written otherwise', '{"join": [1.0]}', /1\.0/, /in quotes/],
    ['a number that is too large', '{"port": 1e400}', /1e400/, /in quotes/],
    ['a key of every object', '{"toString": "x"}', /"toString"/, /Did you mean/],
  ] as const) {
    test(`is refused with ${title}`, async () => {
      using one = world({ 'work/convoy.config.json': text });
      const expected = { code: 'CLI_BAD_CONFIG', message, ...(remedy && { remedy }) };
      await assert.rejects(readConfigFile(one.places), expected);
    });
  }

  test('is refused with a number that a program has rounded', async () => {
    using one = world({ 'work/mine.ts': 'export default { port: 2 ** 64 };' }, { CONVOY_CONFIG: 'mine.ts' });
    await assert.rejects(withSettings({}, ['port'], one.places), {
      code: 'CLI_BAD_CONFIG',
      remedy: /in quotes/,
    });
  });
});
