/** Which configuration file is read or run, and what is refused in it. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { runConvoy } from '../../../../test/support/convoy-command.ts';
import { readConfigFile } from '../../src/options/config-file.ts';
import { withSettings } from '../../src/options/config.ts';
import { makeFolder } from '../temporary-folder.ts';

interface World extends Disposable {
  readonly places: { readonly env: NodeJS.ProcessEnv; readonly folder: string; readonly home: string };
  file(name: string): string;
}

/** Working directories and homes of a test's own; `files` by their path below it: `work/...`, `home/...`. */
function world(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): World {
  const root = makeFolder();
  for (const [name, text] of [...Object.entries(files), ['work/.keep', ''], ['home/.keep', '']] as const) {
    mkdirSync(dirname(root.file(name)), { recursive: true });
    writeFileSync(root.file(name), text);
  }
  return {
    places: { env, folder: root.file('work'), home: root.file('home') },
    file: root.file,
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
}

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

  test('is named by --config before CONVOY_CONFIG, for any command', async () => {
    using one = world({ 'work/a.json': '{"lines": "many"}', 'work/b.json': '{"lines": []}' });
    const env = { CONVOY_CONFIG: one.file('work/b.json'), HOME: one.places.home };
    const { code, stderr } = await runConvoy(['logs', 'a@h', '--config', one.file('work/a.json')], { env });
    assert.equal(code, 2);
    assert.match(stderr, /--lines many/);
    const fromVariable = await runConvoy(['logs', 'a@h', '--json'], { env });
    assert.equal(JSON.parse(fromVariable.stdout).error.code, 'CLI_BAD_CONFIG');
  });

  attack(
    'Files and disks',
    'a convoy.config.ts in the working directory is not run, and one line says so',
    async () => {
      const ran = 'ran.txt';
      const program = `import { writeFileSync } from 'node:fs'; writeFileSync('${ran}', ''); export default {};`;
      using one = world({ 'work/convoy.config.ts': program });
      const { folder, home } = one.places;
      const env = { HOME: home };
      const asked = await runConvoy(['list', '--json', '--data-dir', home], { env, folder });
      assert.equal(existsSync(join(folder, ran)), false);
      assert.equal(asked.stderr.match(/convoy\.config\.ts in this folder was ignored/g)?.length, 1);
      assert.match(asked.stderr, /--config convoy\.config\.ts/);
      assert.equal(JSON.parse(asked.stdout).error.code, 'CLI_NO_CONSOLE');
      const words = ['list', '--data-dir', home, '--config', 'convoy.config.ts'];
      const named = await runConvoy(words, { env, folder });
      assert.equal(existsSync(join(folder, ran)), true);
      assert.doesNotMatch(named.stderr, /was ignored/);
    },
  );
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
