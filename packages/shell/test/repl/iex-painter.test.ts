import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pid } from '@convoy/node/etf';
import { IexPainter } from '../../src/repl/iex-painter.ts';

const evaluator = new Pid('app@127.0.0.1', 124, 0, 1);
const other = new Pid('app@127.0.0.1', 125, 0, 1);

/** What IEx prints as a result, with the colours as letters: `c[:ok]`. */
function result(text: string): string {
  const painter = new IexPainter();
  painter.noteWidthRequest(evaluator);
  return lettered(painter.paint(evaluator, text));
}

const letters: Readonly<Record<string, string>> = { 31: 'r', 32: 'g', 33: 'y', 35: 'm', 36: 'c' };

function lettered(text: string): string {
  return text
    .replaceAll(/\u001b\[(\d+)m/g, (_, number: string) => (number === '39' ? ']' : `${letters[number]}[`))
    .replaceAll('\n', '⏎');
}

describe('colours of IEx', () => {
  it('are those of inspected terms', () => {
    const cases: readonly (readonly [text: string, painted: string])[] = [
      ['2\n', 'y[2]⏎'],
      [':ok\n', 'c[:ok]⏎'],
      ['"a \\"b\\" c"\n', 'g["a \\"b\\" c"]⏎'],
      ['{:ok, [1, -2.5e-7, nil]}\n', '{c[:ok], [y[1], y[-2.5e-7], m[nil]]}⏎'],
      ['%{"k" => true, a: :b, "x y": 1}\n', '%{g["k"] => m[true], c[a:] c[:b], c["x y":] y[1]}⏎'],
      ['~c"abc"\n', 'y[~c"abc"]⏎'],
      ["'abc'\n", "y['abc']⏎"],
      ['Elixir.Foo.Bar\n', 'c[Elixir.Foo.Bar]⏎'],
      ['%Foo.Bar{falsey: nothing}\n', '%Foo.Bar{c[falsey:] nothing}⏎'],
      ['#PID<0.124.0>\n', '#PID<0.124.0>⏎'],
      ['~D[2026-11-30]\n', '~D[2026-11-30]⏎'],
      ['[\n  :a,\n  "日本"\n]\n', '[⏎  c[:a],⏎  g["日本"]⏎]⏎'],
      ['&Enum.map/2\n', '&c[Enum].map/y[2]⏎'],
    ];
    for (const [text, painted] of cases) assert.equal(result(text), painted);
  });

  it('are for results and errors only, not for what evaluated code prints', () => {
    const painter = new IexPainter();
    assert.equal(painter.paint(evaluator, ':printed\n'), ':printed\n');
    painter.noteWidthRequest(evaluator);
    assert.equal(painter.paint(other, ':printed\n'), ':printed\n');
    assert.equal(lettered(painter.paint(evaluator, ':result\n')), 'c[:result]⏎');
    assert.equal(painter.paint(evaluator, ':printed\n'), ':printed\n');
    const error = '** (RuntimeError) boom\n    iex:1: (file)\n\n';
    assert.equal(
      lettered(painter.paint(evaluator, error)),
      'r[** (RuntimeError) boom]⏎r[    iex:1: (file)]⏎⏎',
    );
  });

  it('leave alone what is not a term, or has colours already', () => {
    const heading = '                   def sum(enumerable)\n';
    assert.equal(result(heading), heading.replace('\n', '⏎'));
    const painter = new IexPainter();
    painter.noteWidthRequest(evaluator);
    assert.equal(painter.paint(evaluator, '\u001b[33m7\u001b[0m\n'), '\u001b[33m7\u001b[0m\n');
  });

  it('change no text, however it is cut off', () => {
    const units = [
      '"',
      '"\\',
      '\\"',
      "~c'",
      ':a',
      'a',
      '#PID<',
      '~r[',
      '%Foo.',
      '1e',
      '-',
      'A.',
      '𝟘',
      '"x":',
    ];
    for (const unit of units) {
      const text = `[${unit.repeat(2000)}]\n`;
      const painter = new IexPainter();
      painter.noteWidthRequest(evaluator);
      assert.equal(painter.paint(evaluator, text).replaceAll(/\u001b\[\d+m/g, ''), text);
    }
  });
});
