import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../../../test/support/attack.ts';
import { passwordQuestion } from '../../../../src/platforms/ssh/ssh2/password-question.ts';

describe('the question for a password', () => {
  it('shows the prompt of the server only when it asks for something other than a password', () => {
    for (const prompt of ['Password: ', "ada's password:", '(ada@h) Password: '])
      assert.equal(passwordQuestion('ada@h', prompt), 'ada@h', prompt);
    assert.equal(passwordQuestion('ada@h', 'Code\u001b[2J\u202e: '), 'ada@h (Code[2J)');
  });

  attack(
    'Connections',
    'a password prompt of 250,000 exclamation marks from an SSH server is handled in linear time',
    () => {
      assert.ok(passwordQuestion('ada@h', '!'.repeat(250_000)).length < 300);
    },
  );
});
