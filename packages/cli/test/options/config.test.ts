/** Where options come from, and what is wrong with them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  dataDirOf,
  environmentName,
  oneOf,
  parsePort,
  parsePortRange,
  withSettings,
} from '../../src/options/config.ts';
import { makeFolder } from '../temporary-folder.ts';

describe('settings', () => {
  const options = ['port', 'dataDir', 'open', 'join'] as const;

  test('a flag wins over the environment, and that over the file', async () => {
    using folder = makeFolder({ 'convoy.config.json': '{"port": 1, "dataDir": "file", "open": true}' });
    const env = { CONVOY_PORT: '2', CONVOY_DATA_DIR: 'env' };
    const settled = await withSettings({ port: '3' }, options, {
      env,
      folder: folder.path,
      home: folder.path,
    });
    assert.deepEqual(settled, { port: '3', dataDir: 'env', open: true });
  });

  test('other variables come after CONVOY_ ones and before the file', async () => {
    using folder = makeFolder({ 'convoy.config.json': '{"port": "file", "dataDir": "file"}' });
    const sources = {
      env: { CONVOY_PORT: 'env' },
      folder: folder.path,
      home: folder.path,
      derived: { port: 'a', dataDir: 'b' },
    };
    assert.deepEqual(await withSettings({}, options, sources), { port: 'env', dataDir: 'b' });
  });

  test('leaves out what is not set', async () => {
    using folder = makeFolder();
    const settled = await withSettings({}, options, {
      env: { CONVOY_PORT: '' },
      folder: folder.path,
      home: folder.path,
    });
    assert.deepEqual(settled, {});
  });

  test('variables are read by what the option is', async () => {
    using folder = makeFolder();
    const env = { CONVOY_OPEN: 'no', CONVOY_JOIN: 'a@h, b@h' };
    const settled = await withSettings({}, options, { env, folder: folder.path, home: folder.path });
    assert.deepEqual(settled, { open: false, join: ['a@h', 'b@h'] });
    await assert.rejects(
      withSettings({}, options, { env: { CONVOY_OPEN: 'x' }, folder: folder.path, home: folder.path }),
      {
        code: 'CLI_BAD_OPTION',
      },
    );
  });

  test('the variable of an option is in capitals', () => {
    assert.equal(environmentName('dataDir'), 'CONVOY_DATA_DIR');
    assert.equal(dataDirOf('/x/../y'), '/y');
  });
});

describe('values', () => {
  test('ports are 0 to 65535', () => {
    assert.equal(parsePort('0', '--port'), 0);
    for (const text of ['65536', '-1', 'x', '', '1.5']) {
      assert.throws(() => parsePort(text, '--port'), { code: 'CLI_BAD_OPTION', message: /--port/ });
    }
  });

  test('a range goes from the smaller to the larger port', () => {
    assert.equal(parsePortRange('9100'), 9100);
    assert.deepEqual(parsePortRange('9100-9110'), { min: 9100, max: 9110 });
    for (const text of ['9110-9100', '0-5', '1-', 'a-b']) assert.throws(() => parsePortRange(text));
  });

  test('a choice that is none tells the others', () => {
    assert.throws(() => oneOf('x', ['a', 'b'], '--kind'), { remedy: 'Use one of a, b.' });
  });
});
