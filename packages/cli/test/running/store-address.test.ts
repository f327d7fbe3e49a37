/** Where the store of a console is, and that its password is shown nowhere. */

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { describe, test } from 'node:test';
import { storeAddressOf } from '../../src/running/store-address.ts';
import { makeFolder } from '../temporary-folder.ts';

const address = 'postgres://convoy:s3cret@db1/convoy';

describe('the address of the store', () => {
  test('comes from the first of flag, environment and configuration', async () => {
    using folder = makeFolder({
      'flag.txt': `${address}-flag\n`,
      'env.txt': `${address}-env`,
      'config.txt': 'config',
    });
    for (const name of ['flag.txt', 'env.txt', 'config.txt']) chmodSync(folder.file(name), 0o600);
    using configured = makeFolder({
      'convoy.config.json': JSON.stringify({ storeFile: folder.file('config.txt') }),
    });
    const storeFile = folder.file('flag.txt');
    const env = { CONVOY_STORE_FILE: folder.file('env.txt'), CONVOY_STORE: `${address}-text` };
    const at = { folder: configured.path, home: configured.path };
    assert.equal(await storeAddressOf({ storeFile }, { env, ...at }), `${address}-flag`);
    assert.equal(await storeAddressOf({ store: 'postgres://db1/c' }, { env, ...at }), 'postgres://db1/c');
    assert.equal(await storeAddressOf({}, { env, ...at }), `${address}-env`);
    assert.equal(await storeAddressOf({}, { env: {}, ...at }), 'config');
    using empty = makeFolder();
    const nowhere = { folder: empty.path, home: empty.path };
    const text = { CONVOY_STORE: `${address}-text` };
    assert.equal(await storeAddressOf({}, { env: text, ...nowhere }), `${address}-text`);
    assert.equal(await storeAddressOf({}, { env: {}, ...nowhere }), undefined);
  });

  test('is refused on the command line if it contains a password, and not shown', async () => {
    for (const store of [address, 'postgres:///convoy?host=/run&password=s3cret']) {
      await assert.rejects(storeAddressOf({ store }), (error: Error & { code?: string; remedy?: string }) => {
        assert.equal(error.code, 'CLI_BAD_OPTION');
        assert.match(
          error.message,
          /^--store contains a password, which every user of this machine can read$/,
        );
        assert.match(error.remedy ?? '', /--store-file FILE/);
        return !`${error.message} ${error.remedy}`.includes('s3cret');
      });
    }
  });

  test('is an error that names the flag', async () => {
    using folder = makeFolder({ empty: '\n' });
    const code = 'CLI_BAD_OPTION';
    await assert.rejects(storeAddressOf({ storeFile: folder.file('none') }), {
      code,
      message: /--store-file .*none cannot be read$/,
    });
    await assert.rejects(storeAddressOf({ storeFile: folder.file('empty') }), {
      code,
      message: /empty is empty$/,
    });
    await assert.rejects(storeAddressOf({ store: 'postgres://db1/c', storeFile: folder.file('empty') }), {
      code,
      message: '--store and --store-file both say where the store is',
    });
  });
});
