/** What a message is, as the user enters it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  failureTitle,
  functionIn,
  type MessageForm,
  missingIn,
  targetOf,
} from '../../../../src/state/inside/messages/message-form.ts';

const form: MessageForm = {
  act: 'call',
  syntax: 'erlang',
  to: 'cache',
  function: '',
  term: 'size',
  timeoutMs: 5000,
};

test('a function is written as in its language', () => {
  const read = (text: string) => Object.values(functionIn(text) ?? {}).join(' ');
  assert.equal(read('lists:sum'), 'lists sum');
  assert.equal(read(' lists:sum/1 '), 'lists sum');
  assert.equal(read("'my mod':'do it'"), 'my mod do it');
  assert.equal(read('Shop.Cart.total'), 'Shop.Cart total');
  assert.equal(read('Shop.Cart.total/1'), 'Shop.Cart total');
  assert.equal(read(':lists.sum'), 'lists sum');
  for (const text of ['', 'sum', 'Shop.', ':sum', 'a:b:c']) assert.equal(functionIn(text), undefined, text);
});

test('what is missing is said before anything is sent', () => {
  assert.equal(missingIn(form, 1), undefined);
  assert.equal(missingIn(form, 0), 'Choose a node.');
  assert.equal(missingIn({ ...form, to: ' ' }, 1), 'Enter the process.');
  assert.equal(missingIn({ ...form, term: '' }, 1), 'Enter the message.');
  const pid = { ...form, to: '<0.85.0>' };
  assert.equal(missingIn(pid, 1), undefined);
  assert.match(missingIn(pid, 2) ?? '', /^A pid is of one node/);
  const call: MessageForm = { ...form, act: 'rpc', function: 'lists:sum', term: '' };
  assert.equal(missingIn(call, 3), undefined);
  assert.equal(missingIn({ ...call, function: 'sum' }, 1), 'Enter a module and a function.');
  assert.equal(targetOf(call), 'lists:sum');
});

test('a request whose answer is lost may have been sent', () => {
  for (const code of ['CONSOLE_UNREACHABLE', 'HTTP_502', 'CONSOLE_WRONG_ANSWER'])
    assert.match(failureTitle({ code }), /^It may have been sent/);
  for (const code of ['INSPECT_BAD_OPTION', 'CONSOLE_ACTING_OFF', 'HTTP_400'])
    assert.equal(failureTitle({ code }), 'Nothing was sent');
});
