/**
 * The rules for shells of every language, as one suite. The test of a language calls `testShell` with a way to open its shells
 * and with input for them; tests of features that only that language has are in its own file.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ShellSession } from '@convoy/shell';
import { run, waitForScreen, waitForState } from '../support/erlang/shell-viewer.ts';

export interface ShellLanguage {
  readonly kind: 'erl' | 'iex' | 'ts';
  /** The first output. */
  readonly banner: RegExp;
  /** The prompt of the first line, before its number: `iex(app@127.0.0.1)`. */
  readonly prompt: string;
  /** An expression with the value 2. */
  readonly sum: string;
  /** A line that sets a variable to 7, and a line that prints it. */
  readonly bind: string;
  readonly recall: string;
  /** A form of several lines, with the prompt after its first line; `call` prints 42. */
  readonly several: { readonly lines: readonly string[]; readonly more: RegExp; readonly call: string };
  /** An expression that never ends by itself, and the output when it is interrupted. */
  readonly endless: string;
  readonly interrupted: RegExp;
  /** Invalid lines, with the output of each. */
  readonly wrong: readonly (readonly [line: string, shown: RegExp])[];
  /** Keys typed after `before`, with the resulting end of the screen. */
  readonly completion: {
    readonly before: string;
    readonly steps: readonly (readonly [keys: string, shown: RegExp])[];
  };
  /** A line with characters of all widths. */
  readonly unicode: { readonly line: string; readonly shown: RegExp };
  /** `line` prints "from afar" when `trigger` is called, while `typed` is at the prompt; then the line is completed. */
  readonly printing: {
    readonly line: string;
    readonly typed: string;
    readonly rest: string;
    readonly shown: RegExp;
    trigger(): Promise<void>;
  };
}

export interface ShellFixture {
  open(): Promise<ShellSession>;
  /** Resolves when nothing is left of any shell on the node. */
  waitForClean(): Promise<void>;
}

/** The fixture may be filled in `before`. Call it in a suite. */
export function testShell(fixture: ShellFixture, language: ShellLanguage): void {
  describe('as a shell of any language', () => {
    testEvaluation(fixture, language);
    testTyping(fixture, language);
    testEnd(fixture, language);
  });
}

function testEvaluation(fixture: ShellFixture, language: ShellLanguage): void {
  const { kind, sum, bind, recall, several, endless, interrupted } = language;
  const prompt = (number: number): string => `${language.prompt}${number}>`;

  it('evaluates and keeps bindings', async () => {
    await using shell = await fixture.open();
    assert.equal(shell.kind, kind);
    assert.match(await waitForState(shell, 'idle'), language.banner);
    assert.ok((await run(shell, sum)).includes(`${prompt(1)} ${sum}\n2\n`));
    await run(shell, bind);
    const text = await run(shell, recall);
    assert.ok(text.includes(`${prompt(3)} ${recall}\n7\n`), text);
    assert.ok(text.endsWith(prompt(4)), text);
  });

  it('takes forms of several lines', async () => {
    await using shell = await fixture.open();
    const [first = '', ...rest] = several.lines;
    assert.match(await run(shell, first), several.more);
    for (const line of rest) await run(shell, line);
    assert.match(await run(shell, several.call), /\n42\n/);
  });

  it('goes on after input that is wrong', async () => {
    await using shell = await fixture.open();
    for (const [line, shown] of language.wrong) assert.match(await run(shell, line), shown);
    assert.match(await run(shell, sum), /\n2\n/);
  });

  it('interrupts an evaluation and keeps the bindings', async () => {
    await using shell = await fixture.open();
    await run(shell, bind);
    shell.input(`${endless}\r`);
    await waitForState(shell, 'busy');
    shell.input('\u0003');
    await waitForScreen(shell, interrupted);
    assert.match(await run(shell, recall), /\n7\n/);
  });

  it('interrupts what has only just been entered', async () => {
    await using shell = await fixture.open();
    for (let count = 0; count < 5; count += 1) {
      await waitForState(shell, 'idle');
      shell.input(`${endless}\r`);
      await waitForState(shell, 'busy');
      shell.input('\u0003');
    }
    assert.match(await run(shell, sum), /\n2\n/);
  });
}

function testTyping(fixture: ShellFixture, language: ShellLanguage): void {
  const { sum, completion, unicode, printing } = language;

  it('completes what is typed', async () => {
    await using shell = await fixture.open();
    await run(shell, completion.before);
    for (const [keys, shown] of completion.steps) {
      shell.input(`\u0015${keys}\t`);
      await waitForScreen(shell, shown);
    }
  });

  it('recalls lines with the arrows', async () => {
    await using shell = await fixture.open();
    await run(shell, sum);
    await run(shell, language.bind);
    shell.input('\u001b[A\u001b[A\u001b[B\u001b[A');
    const text = await waitForScreen(shell, /3> \S.*$/);
    assert.ok(text.endsWith(`${language.prompt}3> ${sum}`), text);
    shell.input('\r');
    await waitForScreen(shell, /3> .*\n2\n/);
  });

  it('shows the output of others above what is being typed', async () => {
    await using shell = await fixture.open();
    await run(shell, printing.line);
    shell.input(printing.typed);
    await waitForScreen(shell, new RegExp(`2> ${printing.typed}$`));
    await printing.trigger();
    const text = await waitForScreen(shell, /\nfrom afar\n.*2> /);
    assert.ok(text.endsWith(`\nfrom afar\n${language.prompt}2> ${printing.typed}`), text);
    shell.input(`${printing.rest}\r`);
    await waitForScreen(shell, printing.shown);
  });

  it('keeps Unicode whole, typed and printed', async () => {
    await using shell = await fixture.open();
    assert.match(await run(shell, unicode.line), unicode.shown);
  });
}

function testEnd(fixture: ShellFixture, { endless }: ShellLanguage): void {
  it('ends with Ctrl-D, and leaves nothing behind', async () => {
    const shell = await fixture.open();
    await waitForState(shell, 'idle');
    shell.input('\u0004');
    assert.deepEqual(await shell.closed, { reason: 'closed' });
    await fixture.waitForClean();
  });

  it('leaves nothing behind when it is closed, idle or busy', async () => {
    const idle = await fixture.open();
    await waitForState(idle, 'idle');
    await idle.close();
    await fixture.waitForClean();
    const busy = await fixture.open();
    await waitForState(busy, 'idle');
    busy.input(`${endless}\r`);
    await waitForState(busy, 'busy');
    await busy.close();
    await fixture.waitForClean();
  });
}
