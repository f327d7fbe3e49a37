import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pid } from '@convoy/node/etf';
import { formatHandle, parseHandle } from '../../src/session/shell-handle.ts';

const target = 'app@127.0.0.1';
const waiting = {
  kind: 'iex',
  anchor: new Pid(target, 120, 3, 77),
  shell: new Pid(target, 121, 3, 77),
  options: { binary: true, echo: true, encoding: 'latin1', lineHistory: false },
} as const;

test('reads what it has written, in one word', () => {
  const handle = formatHandle(waiting);
  assert.match(handle, /^iex\.[\w-]+$/);
  assert.deepEqual(parseHandle(handle, target), waiting);
});

test('has IEx read binaries, whatever was kept, and erl what it has set', () => {
  const options = { ...waiting.options, binary: false };
  assert.equal(parseHandle(formatHandle({ ...waiting, options }), target)?.options.binary, true);
  const erl = formatHandle({ ...waiting, kind: 'erl', options });
  assert.equal(parseHandle(erl, target)?.options.binary, false);
});

test('takes no handle of another node, and nothing that is not one', () => {
  const handle = formatHandle(waiting);
  assert.equal(parseHandle(handle, 'other@127.0.0.1'), undefined);
  const foreign = formatHandle({ ...waiting, shell: new Pid('other@127.0.0.1', 121, 3, 77) });
  for (const text of ['', 'iex.', 'ts.AAAA', 'iex.AAAA', handle.slice(0, -8), ` ${handle}`, foreign]) {
    assert.equal(parseHandle(text, target), undefined, text);
  }
});
