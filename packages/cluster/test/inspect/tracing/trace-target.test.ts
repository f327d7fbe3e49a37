import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseTraceTarget, traceTargetText } from '../../../src/inspect/tracing/trace-target.ts';

describe('the name of a function', () => {
  for (const [text, module, name, arity] of [
    ['lists:map/2', 'lists', 'map', 2],
    ['lists:map', 'lists', 'map', undefined],
    ["'my mod':'do it'/0", 'my mod', 'do it', 0],
    ['Shop.Cart.add/2', 'Elixir.Shop.Cart', 'add', 2],
    ['Shop.Cart.valid?', 'Elixir.Shop.Cart', 'valid?', undefined],
    ['Elixir.Shop.Cart.add!/1', 'Elixir.Shop.Cart', 'add!', 1],
    ['Shop.Cart:add/2', 'Elixir.Shop.Cart', 'add', 2],
    ["'Elixir.Shop.Cart':add/2", 'Elixir.Shop.Cart', 'add', 2],
    ['Elixir.Shop.Cart:init/1', 'Elixir.Shop.Cart', 'init', 1],
    [':lists.map/2', 'lists', 'map', 2],
    ['Shop."odd name"/1', 'Elixir.Shop', 'odd name', 1],
    ['Größe.prüfe/1', 'Elixir.Größe', 'prüfe', 1],
  ] as const) {
    test(`${text} is read`, () => {
      const target = parseTraceTarget(text);
      assert.deepEqual(target, { module, function: name, ...(arity === undefined ? {} : { arity }) });
    });
  }

  for (const text of [
    '',
    'map/2',
    'lists:map/256',
    'lists:map/-1',
    'Shop.Cart',
    ':lists',
    'a:b c',
    `${'a'.repeat(256)}:b`,
  ]) {
    test(`${JSON.stringify(text.slice(0, 20))} is refused with what to write`, () => {
      assert.throws(() => parseTraceTarget(text), {
        code: 'INSPECT_BAD_OPTION',
        remedy: /Shop\.Cart\.add\/2/,
      });
    });
  }

  test('a long text takes no longer to refuse', () => {
    const text = `${'A.'.repeat(50_000)}!`;
    assert.throws(() => parseTraceTarget(text), { code: 'INSPECT_BAD_OPTION' });
  });

  test('is written as in its own language', () => {
    assert.equal(traceTargetText(parseTraceTarget("'Elixir.Shop.Cart':add/2")), 'Shop.Cart.add/2');
    assert.equal(traceTargetText(parseTraceTarget(':lists.map')), 'lists:map');
  });
});
