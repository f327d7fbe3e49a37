import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { attack } from '../../../test/support/attack.ts';
import { fullNodeName } from '../src/targets/visits/visitor.ts';

describe('names on the command line', () => {
  attack(
    'Connections',
    'a name with brackets, a slash, control or bidirectional characters is refused as typed',
    () => {
      for (const name of [
        'b@[::1]',
        'a@127.0.0.1/8',
        'a b',
        'a\u202eb@host',
        'a\nb',
        '$(id)@host',
        'a@b@c',
        '',
      ]) {
        assert.throws(
          () => fullNodeName(name),
          (error: Error & { code?: string }) =>
            error.code === 'CLI_BAD_OPTION' && /^[\x20-\x7e]* is not a valid node name$/.test(error.message),
          name,
        );
      }
      assert.equal(fullNodeName('app'), 'app@127.0.0.1');
      for (const name of ['app@::1', 'app@fe80::1%eth0', 'app-1.x_y@db1.example']) {
        assert.equal(fullNodeName(name), name);
      }
    },
  );
});
