/** Which configuration file the command itself takes. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { world } from '../../../packages/cli/test/options/config-world.ts';
import { attack } from '../../support/attack.ts';
import { runConvoy } from '../../support/convoy-command.ts';

describe('the configuration file of a command', () => {
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
