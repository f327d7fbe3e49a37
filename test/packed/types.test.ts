/** The types of the installed packages: a strict project that imports every door compiles, and so do the examples. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { publishedDoors } from '../support/packed/prepared.ts';
import { ownNode } from '../support/packed/runtimes.ts';
import { Stranger } from '../support/packed/stranger.ts';

test('a strict project compiles with every door, and with the examples', async () => {
  await using stranger = await Stranger.on(ownNode);
  const lines = publishedDoors().map(
    (door, index) => `import * as door${index} from '${door}';\nvoid door${index};`,
  );
  stranger.write('doors.ts', lines.join('\n'));
  for (const file of globSync('examples/*.ts')) cpSync(file, join(stranger.folder, basename(file)));
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(process.cwd(), 'node_modules/@types')],
    skipLibCheck: false,
  };
  stranger.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(process.cwd(), 'node_modules/.bin/tsc');
  const { stdout, status } = spawnSync(tsc, ['-p', stranger.folder], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
