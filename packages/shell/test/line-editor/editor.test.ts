import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEditor, type Editor } from '../../src/line-editor/editor-state.ts';
import { editKey } from '../../src/line-editor/editor.ts';
import { addEntry, extendEntry } from '../../src/line-editor/history.ts';
import { initialKeyParser, parseKeys } from '../../src/line-editor/key-parser.ts';
import { graphemes } from '../../src/line-editor/graphemes.ts';

/** Types into an empty editor; the cursor is shown as `|`. */
function typed(input: string, history: readonly string[] = []): string {
  return shown(edit(createEditor(), input, history).editor);
}

function edit(
  editor: Editor,
  input: string,
  history: readonly string[] = [],
): { editor: Editor; outcomes: string[] } {
  let current = editor;
  const outcomes: string[] = [];
  for (const key of parseKeys(initialKeyParser, input).keys) {
    const { editor: next, outcome } = editKey(current, key, history);
    current = next;
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return { editor: current, outcomes };
}

function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const left = '\u001b[D';
const up = '\u001b[A';
const down = '\u001b[B';

describe('the line editor', () => {
  it('inserts at the cursor', () => {
    assert.equal(typed(`ac${left}b`), 'ab|c');
    assert.equal(typed('abc\u0001x\u0005y'), 'xabcy|');
  });

  it('moves and deletes by user-perceived characters', () => {
    assert.equal(typed(`ae\u0301${left}`), 'a|e\u0301');
    assert.equal(typed('x👨‍👩‍👧\u007f'), 'x|');
    assert.equal(typed('日本\u007f'), '日|');
    assert.equal(typed(`日本${left}${left}\u001b[3~`), '|本');
  });

  it('moves and kills by words', () => {
    assert.equal(typed('Enum.map(list, fun)\u001bb\u001bb'), 'Enum.map(|list, fun)');
    assert.equal(typed('one two\u001b\u007f'), 'one |');
    assert.equal(typed('Enum.map x\u0017\u0017'), '|');
    assert.equal(typed('one two\u0001\u001bd'), '| two');
    assert.equal(typed('one two\u0001\u001b[1;5C'), 'one| two');
  });

  it('kills and yanks, joining kills in a row', () => {
    assert.equal(typed('one two three\u0017\u0017\u0001\u0019'), 'two three|one ');
    assert.equal(typed('abcdef\u001b[D\u001b[D\u000b\u0001\u0019'), 'ef|abcd');
    assert.equal(typed('a b\u0015c\u0015\u0019\u001by'), 'a b|');
  });

  it('transposes, changes case and undoes', () => {
    assert.equal(typed('ab\u0014'), 'ba|');
    assert.equal(typed('hello\u0001\u001bc'), 'Hello|');
    assert.equal(typed('hello\u0001\u001bu'), 'HELLO|');
    assert.equal(typed('abc\u0015\u001f'), 'abc|');
  });

  it('takes several lines, and goes up and down in them before it recalls', () => {
    assert.equal(typed('ab\u001b\rcd'), 'ab\ncd|');
    assert.equal(typed(`ab\u001b\rcd${up}x`), 'abx|\ncd');
    assert.equal(typed(`ab\u001b\rcd${up}${up}`, ['old']), 'old|');
    assert.equal(typed(`ab\u001b\rcd\u0001\u000b`), 'ab\n|');
  });

  it('recalls the history and comes back to what was being typed', () => {
    const history = ['first', 'second'];
    assert.equal(typed(`dra${up}`, history), 'second|');
    assert.equal(typed(`dra${up}${up}`, history), 'first|');
    assert.equal(typed(`dra${up}${up}${up}${down}${down}`, history), 'dra|');
    assert.equal(typed('\u001b<', history), 'first|');
  });

  it('searches the history backward', () => {
    const history = ['Enum.map(a)', 'IO.puts(b)', 'Enum.sum(c)'];
    assert.equal(typed('\u0012Enum', history), '|Enum.sum(c)');
    assert.equal(typed('\u0012Enum\u0012', history), '|Enum.map(a)');
    assert.equal(typed('x\u0012puts\u0007', history), 'x|');
    assert.equal(typed('\u0012puts\u0005!', history), 'IO.puts(b)!|');
    assert.deepEqual(edit(createEditor(), '\u0012puts\r', history).outcomes, ['submit']);
    assert.deepEqual(edit(createEditor(), '\u0012zzz', history).outcomes, ['bell']);
  });

  it('says what a key asks for beside editing', () => {
    const { outcomes } = edit(createEditor(), '\t\u0003\u0004\u000c\u001bo\r');
    assert.deepEqual(outcomes, ['complete', 'interrupt', 'end', 'clearScreen', 'otherRequest', 'submit']);
    assert.deepEqual(edit(createEditor(), 'a\u0001\u0004').editor.text, '');
  });

  it('cuts a paste that is too long', () => {
    const { editor } = editKey(createEditor(), { kind: 'paste', text: 'x'.repeat(3 * 1024 * 1024) }, []);
    assert.equal(editor.text.length, 1024 * 1024);
  });
});

describe('the history', () => {
  it('leaves out blanks and repetitions and is bounded', () => {
    assert.deepEqual(addEntry(['a'], 'a'), ['a']);
    assert.deepEqual(addEntry(['a'], '  '), ['a']);
    let history: readonly string[] = [];
    for (let entry = 0; entry < 1500; entry += 1) history = addEntry(history, String(entry));
    assert.equal(history.length, 1000);
    assert.equal(history.at(-1), '1499');
  });

  it('keeps the lines of one form together', () => {
    assert.deepEqual(extendEntry(['def f do'], 'end'), ['def f do\nend']);
  });
});

describe('graphemes', () => {
  it('are user-perceived characters', () => {
    assert.deepEqual(graphemes('ae\u0301👨‍👩‍👧'), ['a', 'e\u0301', '👨‍👩‍👧']);
  });
});
