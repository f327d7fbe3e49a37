import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { attack } from '../../../test/support/attack.ts';
import { refusalPage } from '../src/api/page/refusal-page.ts';
import { shownJson } from '../src/shown-json.ts';

describe('what the console says', () => {
  attack(
    'Node output',
    'bidirectional control characters in names, logs and errors reach the page as code points',
    async () => {
      const message = { type: 'problem', problem: { message: 'a\u202eb@h "\u2066"', remedy: 'שלום' } };
      assert.deepEqual(JSON.parse(shownJson(message)), {
        type: 'problem',
        problem: { message: 'a<U+202E>b@h "<U+2066>"', remedy: 'שלום' },
      });
      const problem = { code: 'CONSOLE_NOT_FOUND', message: 'no node a\u202eb@h' };
      assert.match(await refusalPage({ problem, host: 'h', basePath: '' }), /o node a&lt;U\+202E&gt;b@h/);
    },
  );
});
