/** What of the typed lines is kept beyond a session, and how the Escape key is told from a sequence. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InputView } from '../../src/io/input-view.ts';
import { initialKeyParser, parseKeys } from '../../src/line-editor/key-parser.ts';
import { initialSession, type SessionEvent, type SessionState } from '../../src/session/session-state.ts';
import { stepSession } from '../../src/session/session-step.ts';

/** A session without a node, by what it keeps. */
class Desk {
  state: SessionState = initialSession({ columns: 80, rows: 20 });
  readonly kept: string[] = [];
  #asked = 0;

  do(event: SessionEvent): this {
    const { state, effects } = stepSession(this.state, event);
    this.state = state;
    for (const effect of effects) if (effect.kind === 'keep') this.kept.push(effect.entry);
    return this;
  }

  ask(prompt: string, more: Partial<InputView> = {}): this {
    this.#asked += 1;
    const usual = { round: 0, echo: true, isShell: true, isContinuation: false, others: 0 };
    return this.do({ kind: 'input', input: { id: this.#asked, prompt, ...usual, ...more } });
  }

  type(keys: string): this {
    return this.do({ kind: 'keys', keys: parseKeys(initialKeyParser, keys).keys });
  }
}

describe('lines that are kept beyond the session', () => {
  it('are those entered at the prompt of the shell, once they are whole', () => {
    const desk = new Desk();
    desk.ask('iex(1)> ').type('x = [\r');
    assert.deepEqual(desk.kept, []);
    desk.ask('...(1)> ', { isContinuation: true }).type('1\r');
    desk.ask('...(1)> ', { isContinuation: true }).type(']\r');
    desk.ask('iex(2)> ');
    assert.deepEqual(desk.kept, ['x = [\n1\n]']);
  });

  it('are kept when the shell ends before its next prompt', () => {
    const desk = new Desk().ask('iex(1)> ').type('System.stop()\r').do({ kind: 'closed' });
    assert.deepEqual(desk.kept, ['System.stop()']);
  });

  it('are never what is typed without echo, or for a program', () => {
    const desk = new Desk().ask('', { isShell: false, echo: false }).type('hush\r');
    desk.ask('', { isShell: true, echo: false }).type('hush\r');
    desk.ask('name? ', { isShell: false }).type('Ada\r');
    desk.ask('iex(2)> ').do({ kind: 'closed' });
    assert.deepEqual(desk.kept, []);
  });

  it('are recalled in the next session', () => {
    const desk = new Desk().do({ kind: 'history', history: ['kept = 7'] });
    desk.ask('iex(1)> ').type('\u001b[A');
    assert.equal(desk.state.editor.text, 'kept = 7');
  });
});

describe('the Escape key', () => {
  it('leaves the search of the history, also in the form that no sequence begins with', () => {
    const desk = new Desk().do({ kind: 'history', history: ['needle'] });
    desk.ask('iex(1)> ').type('draft\u0012need');
    assert.equal(desk.state.editor.text, 'needle');
    desk.type('\u001b[27u');
    assert.equal(desk.state.editor.search, undefined);
    assert.equal(desk.state.editor.text, 'draft');
    desk.type('a\r');
    assert.equal(desk.state.history.at(-1), 'drafta');
  });
});
