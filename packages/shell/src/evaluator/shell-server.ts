/**
 * The shell process of a TypeScript node: reads lines from its group leader, evaluates them and prints the results. To the
 * group leader it behaves like IEx: the exit signal `interrupt` stops waiting for an evaluation, and it ends with its link.
 */

import { inspect, stripVTControlCharacters } from 'node:util';
import type { Node, Process } from '@convoy/node';
import { atom, atomName, type Pid, type Term } from '@convoy/node/etf';
import { EvaluationContext, type EvaluationOutcome } from './evaluation-context.ts';
import { IoClient } from './io-client.ts';
import { completeName, type NameCompletion } from './property-completion.ts';
import { catchRejections } from './rejections.ts';
import { createShellScope } from './shell-scope.ts';
import { prepareSource } from './source.ts';

export interface ShellServerOptions {
  readonly node: Node;
  readonly leader: Pid;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly blockLimitMs: number;
  readonly onEnd: () => void;
}

type InterruptibleOutcome = EvaluationOutcome | { readonly kind: 'interrupted' };

const help = `Type TypeScript; await works. In scope: node, self (this shell's pid), atom(), tuple(), float(),
console, _ (the last value). .exit or exit() ends the shell, Ctrl-C stops waiting for an await.
`;

export class ShellServer {
  readonly pid: Pid;
  readonly #options: ShellServerOptions;
  readonly #stopMark: Term;
  #context: EvaluationContext | undefined;
  #io: IoClient | undefined;
  #interrupt: (() => void) | undefined;
  #release: () => void = () => undefined;
  #number = 1;
  #isExiting = false;
  #colors = false;

  constructor(options: ShellServerOptions) {
    this.#options = options;
    const { node, leader } = options;
    this.#stopMark = node.processes.makeRef();
    this.pid = node.spawnServer(
      {
        onMessage: (self, message) => this.#receive(self, message),
        onExitSignal: (self, _from, reason) => this.#receiveExit(self, reason),
        onTerminate: () => this.#dispose(),
      },
      { link: leader },
    );
    node.send(this.pid, atom('start'));
  }

  /** Completions for the text before the cursor. */
  complete(before: string): NameCompletion {
    return this.#context === undefined ? { insert: '', names: [] } : completeName(this.#context, before);
  }

  #receive(self: Process, message: Term): void {
    if (message === this.#stopMark) self.exit(atom('normal'));
    if (this.#io === undefined) this.#begin(self);
    this.#io?.accept(message);
  }

  #receiveExit(self: Process, reason: Term): void {
    if (atomName(reason) === 'interrupt') this.#interrupt?.();
    else self.exit(reason);
  }

  #begin(self: Process): void {
    const io = new IoClient(self, this.#options.leader);
    const { node, scope, blockLimitMs } = this.#options;
    const onError = (error: unknown): void => io.print(`${this.#errorText(error)}\n`);
    const context = new EvaluationContext({
      blockLimitMs,
      scope: createShellScope({
        node,
        self: self.pid,
        print: (text) => io.print(text),
        exit: () => {
          this.#isExiting = true;
        },
        onError,
        more: scope,
      }),
    });
    this.#io = io;
    this.#context = context;
    this.#release = catchRejections({ owns: (promise) => context.owns(promise), onRejection: onError });
    void this.#run(io, context);
  }

  async #run(io: IoClient, context: EvaluationContext): Promise<void> {
    await io.setUp();
    this.#colors = await io.isTerminal();
    io.print(`TypeScript on Node.js ${process.version}. Type .help for help.\n`);
    let text = '';
    while (!this.#isExiting) {
      const line = await io.readLine(this.#prompt(text));
      if (line.kind === 'end') break;
      text = line.kind === 'line' ? await this.#take(text + line.text, { io, context }) : '';
    }
    await io.flush();
    this.#options.node.send(this.pid, this.#stopMark);
  }

  #prompt(text: string): string {
    return `${text === '' ? 'ts' : '...'}(${this.#options.node.name})${this.#number}> `;
  }

  /** Evaluates complete text, and returns ''; returns incomplete text unchanged. */
  async #take(text: string, to: { io: IoClient; context: EvaluationContext }): Promise<string> {
    const command = text.trim();
    if (command === '.exit') {
      this.#isExiting = true;
      return '';
    }
    if (command === '.help') {
      to.io.print(help);
      return '';
    }
    const prepared = prepareSource(text);
    if (prepared.kind === 'incomplete') return text;
    if (prepared.kind === 'invalid') to.io.print(`${prepared.message}\n`);
    else if (prepared.code !== '') await this.#evaluate(prepared.code, to);
    return '';
  }

  async #evaluate(
    code: string,
    { io, context }: { io: IoClient; context: EvaluationContext },
  ): Promise<void> {
    const outcome = await this.#waitForOutcome(context.evaluate(code, `ts:${this.#number}`));
    await io.flush();
    this.#number += 1;
    if (outcome.kind === 'interrupted') io.print('interrupted: the result will be discarded\n');
    else if (outcome.kind === 'thrown') io.print(`Uncaught ${this.#errorText(outcome.error)}\n`);
    else if (!this.#isExiting) {
      context.setGlobal('_', outcome.value);
      io.print(`${inspect(outcome.value, { colors: this.#colors, breakLength: await io.columns() })}\n`);
    }
  }

  async #waitForOutcome(evaluation: Promise<EvaluationOutcome>): Promise<InterruptibleOutcome> {
    const interrupted = new Promise<InterruptibleOutcome>((resolve) => {
      this.#interrupt = () => resolve({ kind: 'interrupted' });
    });
    const outcome = await Promise.race([evaluation, interrupted]);
    this.#interrupt = undefined;
    return outcome;
  }

  #errorText(error: unknown): string {
    return trimStack(inspect(error, { colors: this.#colors }));
  }

  #dispose(): void {
    this.#isExiting = true;
    this.#release();
    this.#context?.dispose();
    this.#context = undefined;
    this.#options.onEnd();
  }
}

/** Removes the frames from the first one of the evaluator on: they say nothing about the user's code. */
function trimStack(text: string): string {
  let isOurs = false;
  const lines = text.split('\n').filter((line) => {
    const isFrame = /^\s+at /.test(stripVTControlCharacters(line));
    isOurs = isFrame && (isOurs || line.includes('node:inspector'));
    return !isOurs;
  });
  return lines.join('\n');
}
