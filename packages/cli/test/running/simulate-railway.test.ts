/** What `convoy up --simulate railway` says where the optional package of the simulator is not installed. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runConvoy } from '../../../../test/support/convoy-command.ts';

/** Has Node look for the package where no `node_modules` is, so that what fails is Node's own lookup. */
const withoutSimulator = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const isSimulator = specifier === '@convoy/railway-simulator';
    return next(specifier, isSimulator ? { ...context, parentURL: import.meta.url } : context);
  },
});
`;

test('a simulator that is not installed is one sentence, and nothing has been started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-simulator-'));
  try {
    const hooks = join(folder, 'hooks.mjs');
    writeFileSync(hooks, withoutSimulator);
    const dataDir = join(folder, 'data');
    const words = ['up', '--port', '0', '--data-dir', dataDir, '--simulate', 'railway'];
    const { code, stdout, stderr } = await runConvoy(words, {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(hooks).href}` },
    });
    assert.equal(stdout, '');
    assert.match(stderr, /CLI_NO_SIMULATOR/);
    assert.match(stderr, /@convoy\/railway-simulator is not installed/);
    assert.match(stderr, /npm install @convoy\/railway-simulator/);
    assert.doesNotMatch(stderr, /\bat .*\.ts:/);
    assert.notEqual(code, 0);
    assert.equal(existsSync(dataDir), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
