import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InputView } from '../../src/io/input-view.ts';
import { initialKeyParser, parseKeys } from '../../src/line-editor/key-parser.ts';
import { Screen } from '../../src/session/screen.ts';
import { initialSession, type SessionEffect, type SessionEvent } from '../../src/session/session-state.ts';
import { stepSession } from '../../src/session/session-step.ts';

/** A session without a node: events in, effects and the screen out. */
class Desk {
  state: ReturnType<typeof initialSession>;
  readonly #screen: Screen;
  #seq = 0;
  effects: Exclude<SessionEffect, { kind: 'print' }>[] = [];

  constructor(columns: number = 40, history: readonly string[] = []) {
    this.state = { ...initialSession({ columns, rows: 20 }), history };
    this.#screen = new Screen({ columns, rows: 20 });
  }

  do(event: SessionEvent): this {
    const { state, effects } = stepSession(this.state, event);
    this.state = state;
    if (event.kind === 'resize') this.#screen.resize(event);
    for (const effect of effects) {
      if (effect.kind === 'print') this.#screen.write({ seq: (this.#seq += 1), data: effect.data });
      else if (effect.kind !== 'keep') this.effects.push(effect);
    }
    return this;
  }

  type(input: string): this {
    return this.do({ kind: 'keys', keys: parseKeys(initialKeyParser, input).keys });
  }

  output(text: string): this {
    return this.do({ kind: 'output', text });
  }

  ask(prompt: string, more: Partial<InputView> = {}): this {
    const input = {
      id: 1,
      round: 0,
      prompt,
      echo: true,
      isShell: true,
      isContinuation: false,
      others: 0,
      ...more,
    };
    return this.do({ kind: 'input', input });
  }

  text(): Promise<string> {
    return this.#screen.text();
  }

  taken(): SessionEffect[] {
    return this.effects.splice(0);
  }
}

describe('a session', () => {
  it('shows prompt and typed text, and hands a line over', async () => {
    const desk = new Desk().ask('iex(1)> ').type('1 + 1\r');
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 1, text: '1 + 1\n' }]);
    desk.output('2\n').ask('iex(2)> ', { id: 2 });
    assert.equal(await desk.text(), 'iex(1)> 1 + 1\n2\niex(2)>');
  });

  it('prints output above what is being typed', async () => {
    const desk = new Desk().ask('iex(1)> ').type('Enum.m').output('from afar\n').type('ap');
    assert.equal(await desk.text(), 'from afar\niex(1)> Enum.map');
  });

  it('keeps a line together that is printed in pieces while somebody types', async () => {
    const desk = new Desk().ask('iex(1)> ').type('ab').output('one ').type('c').output('two\n').type('d');
    assert.equal(await desk.text(), 'one two\niex(1)> abcd');
  });

  it('puts a shell prompt on a line of its own, and a question of a program behind its text', async () => {
    const desk = new Desk().output('no newline').ask('iex(1)> ');
    assert.equal(await desk.text(), 'no newline\niex(1)>');
    const asking = new Desk().output('Name: ').ask('', { isShell: false }).type('Ada');
    assert.equal(await asking.text(), 'Name: Ada');
    asking.output('(hurry)').type(' L');
    assert.equal(await asking.text(), 'Name: (hurry)Ada L');
  });

  it('does the same at the very edge of the screen', async () => {
    const desk = new Desk(10).output('0123456789').ask('', { isShell: false, id: 1 });
    desk.type('ab').output('!\n').type('c');
    assert.equal(await desk.text(), '0123456789\n!\nabc');
    const wrapped = new Desk(10).ask('> ').type('12345678').output('out\n').type('9\u007f');
    assert.equal(await wrapped.text(), 'out\n> 12345678');
  });

  it('keeps the colours of output around the prompt', async () => {
    const desk = new Desk().output('\u001b[31mred ').ask('? ', { isShell: false }).type('x').output('still');
    assert.equal(await desk.text(), 'red still? x');
  });

  it('keeps keys that come before anybody asks', async () => {
    const desk = new Desk().type('1 + 1\r2 + 2\r').ask('iex(1)> ');
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 1, text: '1 + 1\n' }]);
    desk.output('2\n').ask('iex(2)> ', { id: 2 });
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 2, text: '2 + 2\n' }]);
    assert.equal(await desk.text(), 'iex(1)> 1 + 1\n2\niex(2)> 2 + 2');
  });
});

describe('a session that is interrupted or asked by others', () => {
  it('clears the line on Ctrl-C, gives up a half entered form, and interrupts what runs', async () => {
    const desk = new Desk().ask('iex(1)> ').type('abc\u0003');
    assert.deepEqual(desk.taken(), []);
    assert.equal(await desk.text(), 'iex(1)> abc^C\niex(1)>');
    desk.type('\u0003');
    assert.deepEqual(desk.taken(), []);
    desk.ask('...(1)> ', { id: 2, isContinuation: true }).type('x\u0003');
    assert.deepEqual(desk.taken(), [{ kind: 'refuse', id: 2 }]);
    desk.type('\u0003');
    assert.deepEqual(desk.taken(), [{ kind: 'interruptShell' }]);
  });

  it('drops what was typed ahead when the evaluation is interrupted', () => {
    const desk = new Desk().type('later\r\u0003now').ask('iex(1)> ');
    assert.deepEqual(desk.taken(), [{ kind: 'interruptShell' }]);
    assert.equal(desk.state.editor.text, 'now');
  });

  it('answers a question of a program with an error on Ctrl-C', () => {
    const desk = new Desk().ask('name? ', { isShell: false }).type('\u0003');
    assert.deepEqual(desk.taken(), [{ kind: 'refuse', id: 1 }]);
  });

  it('closes the shell on Ctrl-D and never gives it an end of input', () => {
    assert.deepEqual(new Desk().ask('1> ').type('\u0004').taken(), [{ kind: 'close' }]);
    assert.deepEqual(new Desk().ask('', { isShell: false, echo: false }).type('\u0004').taken(), [
      { kind: 'close' },
    ]);
    assert.deepEqual(new Desk().ask('name? ', { isShell: false }).type('\u0004').taken(), [
      { kind: 'supplyEnd', id: 1 },
    ]);
  });

  it('keeps the typed text while another request is on top', async () => {
    const desk = new Desk().ask('iex(1)> ').type('foo(');
    desk.ask('Allow? ', { id: 2, isShell: false }).type('y\r');
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 2, text: 'y\n' }]);
    desk.ask('iex(1)> ').type('1)');
    assert.equal(await desk.text(), 'Allow? y\niex(1)> foo(1)');
  });

  it('takes the prompt away when the request is void', async () => {
    const desk = new Desk().output('part').ask('name? ', { isShell: false }).type('A');
    desk.do({ kind: 'input', input: undefined });
    assert.equal(await desk.text(), 'part');
  });

  it('shows nothing of a password and does not remember it', async () => {
    const desk = new Desk().ask('Password: ', { isShell: false, echo: false }).type('secret\r');
    assert.equal(await desk.text(), 'Password:');
    assert.deepEqual(desk.state.history, []);
  });

  it('shows nothing at all where a shell reads the rest of a bad line', async () => {
    const desk = new Desk()
      .output('error')
      .ask('', { echo: false, isShell: false })
      .type('rest\r')
      .output(' text\n');
    assert.equal(await desk.text(), 'error text');
  });
});

describe('the line of a session', () => {
  it('remembers what was entered at the prompt of the shell only, forms as a whole', () => {
    const desk = new Desk().ask('1> ').type('one\r').ask('name? ', { id: 2, isShell: false }).type('Ada\r');
    desk.ask('2> ', { id: 3 }).type('def f do\r').ask('... ', { id: 4, isContinuation: true }).type('end\r');
    assert.deepEqual(desk.state.history, ['one', 'def f do\nend']);
    desk.ask('3> ', { id: 5 }).type('\u001b[A\u001b[A\u001b[A\r');
    assert.deepEqual(desk.taken().at(-1), { kind: 'supply', id: 5, text: 'one\n' });
  });

  it('asks for completions and puts them in', async () => {
    const desk = new Desk().ask('1> ').type('Enum.ma\t');
    assert.deepEqual(desk.taken(), [{ kind: 'complete', completion: 1, before: 'Enum.ma' }]);
    desk.do({ kind: 'completed', completion: 1, result: { insert: 'p', sections: [] } });
    assert.equal(desk.state.editor.text, 'Enum.map');
    desk.type('\t');
    const sections = [{ title: undefined, items: ['map/2', 'map_every/3'] }];
    desk.do({ kind: 'completed', completion: 2, result: { insert: '', sections } });
    assert.equal(await desk.text(), '1> Enum.map\nmap/2        map_every/3\n1> Enum.map');
  });

  it('ignores a completion that comes after another key', () => {
    const desk = new Desk().ask('1> ').type('Enum.ma\tx');
    desk.do({ kind: 'completed', completion: 1, result: { insert: 'p', sections: [] } });
    assert.equal(desk.state.editor.text, 'Enum.max');
  });

  it('indents with Tab where there is nothing to complete', () => {
    const desk = new Desk().ask('... ', { isContinuation: true }).type('\t');
    assert.deepEqual(desk.taken(), []);
    assert.equal(desk.state.editor.text, '  ');
  });

  it('clears the screen and keeps what is being typed', async () => {
    const desk = new Desk().output('old\n').ask('1> ').type('abc\u000c');
    assert.equal(await desk.text(), '1> abc');
  });

  it('survives a change of the width while a long line is typed', async () => {
    const desk = new Desk(40).output('above\n').ask('1> ').type('x'.repeat(60));
    desk.do({ kind: 'resize', columns: 20, rows: 20 }).type('y');
    const text = await desk.text();
    assert.equal(text.replaceAll('\n', ''), `above1> ${'x'.repeat(60)}y`);
    desk.do({ kind: 'resize', columns: 80, rows: 20 }).type('z');
    assert.equal(await desk.text(), `above\n1> ${'x'.repeat(60)}yz`);
  });

  it('shows the incremental search in place of the prompt', async () => {
    const desk = new Desk(60, ['Enum.map(list)', 'x = 1']).ask('1> ').type('\u0012map');
    assert.equal(await desk.text(), "(reverse-i-search)'map': Enum.map(list)");
    desk.type('\r');
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 1, text: 'Enum.map(list)\n' }]);
    assert.equal(await desk.text(), '1> Enum.map(list)');
  });

  it('hands pasted lines over as one input', () => {
    const desk = new Desk().ask('1> ').type('\u001b[200~a = 1\nb = 2\u001b[201~\r');
    assert.deepEqual(desk.taken(), [{ kind: 'supply', id: 1, text: 'a = 1\nb = 2\n' }]);
  });

  it('does nothing any more once it is closed', () => {
    const desk = new Desk().ask('1> ').do({ kind: 'closed' });
    desk.taken();
    assert.deepEqual(desk.type('x\r').output('late').taken(), []);
  });
});
