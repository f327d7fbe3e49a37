/** Which addresses anyone can reach, and what `convoy up` says of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposureWarning } from '../../src/options/front-door-options.ts';

test('warns on every address but those of loopback, with what to do', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1']) {
    assert.equal(exposureWarning({ address, port: 4000 }), undefined, address);
  }
  for (const address of ['0.0.0.0', '::', '192.168.1.7', 'fe80::1', '::ffff:192.168.1.7']) {
    const warning = exposureWarning({ address, port: 4000 }) ?? '';
    assert.ok(warning.includes(`on ${address}, port 4000`));
    assert.match(warning, /ssh -L 4000:127\.0\.0\.1:4000[^]*reverse-proxy\.md/);
  }
});
