/** Sizes that a node or a user chooses: nothing here may throw, or take a time that grows with their square. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { atom, type Term, TermMap, tuple } from '@convoy/node/etf';
import { attack } from '../../../test/support/attack.ts';
import { chardataToText } from '../src/io/chardata.ts';
import { clipPrompt } from '../src/io/input-view.ts';
import { blankWordLeft, wordLeft } from '../src/line-editor/buffer.ts';
import { erlRepl } from '../src/repl/erl.ts';
import { parseCompletion } from '../src/repl/completion-terms.ts';
import { outputUnits, typedUnits } from '../src/session/frame.ts';
import { visibleTail } from '../src/session/output-tail.ts';
import { initialSession } from '../src/session/session-state.ts';
import { stepSession } from '../src/session/session-step.ts';

describe('what is as long as a peer likes', () => {
  attack('Node output', 'a prompt of a million characters ends nothing when it is drawn', () => {
    assert.equal(outputUnits('p'.repeat(1_000_000)).length, 1_000_000);
    assert.equal(outputUnits('日'.repeat(300_000)).length, 300_000);
    assert.equal(clipPrompt('👍'.repeat(1_000_000)).length < 2000, true);
    assert.equal(clipPrompt('iex(app@127.0.0.1)1> '), 'iex(app@127.0.0.1)1> ');
  });

  attack('Node output', 'a prompt of a hundred thousand digits is scanned once', () => {
    const request = {
      kind: 'get_until',
      encoding: 'unicode',
      prompt: [],
      module: atom('erl_scan'),
      function: atom('tokens'),
      args: [],
    } as const;
    const rules = erlRepl.promptRules(undefined);
    assert.equal(rules.isShellPrompt(request, '1'.repeat(100_000), undefined as never), false);
    assert.equal(rules.isShellPrompt(request, '(a@b)17> ', undefined as never), true);
  });

  attack('Node output', 'a hundred thousand backspaces take back as many characters in one pass', () => {
    const text = `kept${'x'.repeat(100_000)}${'\b'.repeat(100_000)}`;
    assert.equal(visibleTail({ style: '', text }), 'kept');
  });

  attack('Node output', 'character data that is nested 200,000 deep is read without recursion', () => {
    let deep: Term = 'x';
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep, 'y'];
    assert.equal(chardataToText(deep, 'unicode')?.length, 200_001);
  });

  attack('Node output', 'completions in sections of sections, and very many of them, are cut off', () => {
    const section = (elements: Term[]): Term => new TermMap([[atom('elems'), elements]]);
    let deep = section([]);
    for (let depth = 0; depth < 9000; depth += 1) deep = section([deep]);
    assert.deepEqual(parseCompletion(tuple(atom('no'), [], [deep])).sections, []);
    const many = Array.from({ length: 1000 }, () => section(Array.from({ length: 1000 }, () => 'match')));
    const { sections } = parseCompletion(tuple(atom('no'), [], many));
    assert.ok(sections.reduce((sum, { items }) => sum + items.length, 0) <= 2000);
  });

  attack('Input', 'a million characters are walked over by words in one pass', () => {
    const text = `${'a'.repeat(1_000_000)}!b`;
    assert.equal(wordLeft({ text, cursor: text.length }), 1_000_001);
    assert.equal(wordLeft({ text, cursor: text.length - 1 }), 0);
    const blanks = `x${' '.repeat(1_000_000)}b `;
    assert.equal(blankWordLeft({ text: blanks, cursor: blanks.length }), 1_000_001);
    assert.equal(wordLeft({ text: '𝒳𝒴 👍', cursor: 7 }), 0);
  });

  attack('Input', 'of a megabyte that is being typed only what is near the cursor is drawn', () => {
    assert.equal(typedUnits('x'.repeat(200_000)).length, 200_000);
    const input = {
      id: 1,
      round: 0,
      prompt: '> ',
      echo: true,
      isShell: true,
      isContinuation: false,
      others: 0,
    };
    let { state } = stepSession(initialSession({ columns: 80, rows: 24 }), { kind: 'input', input });
    const text = 'x'.repeat(1_000_000);
    ({ state } = stepSession(state, { kind: 'keys', keys: [{ kind: 'paste', text }] }));
    const typed = stepSession(state, { kind: 'keys', keys: [{ kind: 'text', text: 'y' }] });
    assert.equal(typed.state.editor.text, `${text}y`);
    assert.ok((typed.state.drawn?.units.length ?? 0) < 20_000);
    assert.deepEqual(typed.effects, [{ kind: 'print', data: 'y' }]);
  });
});
