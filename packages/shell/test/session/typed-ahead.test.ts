/** Keys typed while a shell is busy or out of reach: they run as they were typed, or not at all. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import type { InputView } from '../../src/io/input-view.ts';
import { initialKeyParser, parseKeys } from '../../src/line-editor/key-parser.ts';
import { initialSession, type SessionEvent } from '../../src/session/session-state.ts';
import { stepSession } from '../../src/session/session-step.ts';

/** A session without a node that counts up its prompts. */
class Desk {
  state: ReturnType<typeof initialSession> = initialSession({ columns: 80, rows: 24 });
  readonly lines: string[] = [];
  printed = '';
  #prompts = 0;

  do(event: SessionEvent): this {
    const { state, effects } = stepSession(this.state, event);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'supply') this.lines.push(effect.text);
      if (effect.kind === 'print') this.printed += effect.data;
    }
    return this;
  }

  type(input: string): this {
    return this.do({ kind: 'keys', keys: parseKeys(initialKeyParser, input).keys });
  }

  /** One key press each, as a person types. */
  typeSlowly(input: string): this {
    for (const key of input) this.type(key);
    return this;
  }

  ask(id: number = (this.#prompts += 1)): this {
    const view: Omit<InputView, 'id'> = {
      round: 0,
      prompt: '> ',
      echo: true,
      isShell: true,
      isContinuation: false,
      others: 0,
    };
    return this.do({ kind: 'input', input: { id, ...view } });
  }
}

const much = 'x'.repeat(5000);

describe('keys typed ahead', () => {
  it('run line by line when the shell asks', () => {
    const desk = new Desk().typeSlowly('1\r2\r3').ask().ask().ask();
    assert.deepEqual(desk.lines, ['1\n', '2\n']);
    assert.equal(desk.state.editor.text, '3');
  });

  attack('Input', 'a line typed ahead beyond the bound is dropped whole and never runs in part', () => {
    const desk = new Desk().typeSlowly(`1\rString.length("${much}`).ask().ask();
    assert.match(desk.printed, /too much was typed ahead/);
    desk.typeSlowly('")\r');
    assert.deepEqual(desk.lines, ['1\n']);
    desk.typeSlowly('2\r');
    assert.deepEqual(desk.lines, ['1\n', '2\n']);
  });

  it('give up the line that was begun before them when they were too many', () => {
    const desk = new Desk().ask(7).typeSlowly('String.length("ab');
    desk.do({ kind: 'input', input: undefined }).typeSlowly(much).ask(7);
    assert.equal(desk.state.editor.text, 'String.length("ab');
    desk.typeSlowly('cd")\r');
    assert.deepEqual([desk.lines, desk.state.editor.text], [[], '']);
  });

  it('are taken again after a Ctrl-C', () => {
    const desk = new Desk().typeSlowly(much).type('\u0003').typeSlowly('1\r').ask();
    assert.deepEqual(desk.lines, ['1\n']);
    const asked = new Desk().typeSlowly(much).ask().typeSlowly('y').type('\u0003').typeSlowly('2\r');
    assert.deepEqual(asked.lines, ['2\n']);
  });

  it('are counted, and not shown, when the shell ends without them', () => {
    const desk = new Desk().typeSlowly('secret\r').do({ kind: 'closed' });
    assert.match(desk.printed, /7 keys were not sent/);
    assert.doesNotMatch(desk.printed, /secret/);
    assert.equal(new Desk().ask().typeSlowly('x').do({ kind: 'closed' }).printed.includes('not sent'), false);
  });

  attack('Input', 'a million interrupts at once cost one', () => {
    const desk = new Desk().type('\u0003'.repeat(1_000_000)).typeSlowly('1\r').ask();
    assert.deepEqual(desk.lines, ['1\n']);
  });
});
