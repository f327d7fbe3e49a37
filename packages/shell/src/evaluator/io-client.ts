/** The client side of the I/O protocol: a local process that prints to and reads from its group leader. */

import type { Process } from '@convoy/node';
import { atom, atomName, type Pid, type Term, termKey, tuple, Tuple } from '@convoy/node/etf';
import { chardataToText } from '../io/chardata.ts';

export type Line =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  /** The user pressed Ctrl-C. */
  | { readonly kind: 'interrupted' };

/** Maximum length of text waiting for a slow group leader; more is dropped. */
const maxWaiting = 1024 * 1024;
const defaultColumns = 80;

export class IoClient {
  readonly #self: Process;
  readonly #leader: Pid;
  readonly #pending = new Map<string, (reply: Term) => void>();
  #waiting = '';
  #isDropping = false;
  #printing: Promise<void> | undefined;

  constructor(self: Process, leader: Pid) {
    this.#self = self;
    this.#leader = leader;
  }

  /** Must get every message of the process. */
  accept(message: Term): void {
    if (!(message instanceof Tuple) || message.length !== 3 || atomName(message.at(0)) !== 'io_reply') return;
    const key = termKey(message.at(1));
    this.#pending.get(key)?.(message.at(2));
    this.#pending.delete(key);
  }

  /** Sets the options of the group leader, so that lines arrive as UTF-8. */
  async setUp(): Promise<void> {
    await this.#request(
      tuple(atom('setopts'), [tuple(atom('binary'), true), tuple(atom('encoding'), atom('unicode'))]),
    );
  }

  /** Whether the group leader is a terminal, which shows colours. */
  async isTerminal(): Promise<boolean> {
    const options = await this.#request(atom('getopts'));
    if (!Array.isArray(options)) return false;
    return (options as readonly Term[]).some(
      (option) => option instanceof Tuple && atomName(option.at(0)) === 'terminal' && option.at(1) === true,
    );
  }

  async columns(): Promise<number> {
    const columns = await this.#request(tuple(atom('get_geometry'), atom('columns')));
    return typeof columns === 'number' && columns > 0 ? columns : defaultColumns;
  }

  async readLine(prompt: string): Promise<Line> {
    await this.flush();
    const reply = await this.#request(tuple(atom('get_line'), atom('unicode'), prompt));
    if (reply instanceof Tuple) {
      return atomName(reply.at(1)) === 'interrupted' ? { kind: 'interrupted' } : { kind: 'end' };
    }
    const text = chardataToText(reply, 'unicode');
    return text === undefined ? { kind: 'end' } : { kind: 'line', text };
  }

  /** Prints in order, one request at a time. */
  print(text: string): void {
    if (this.#waiting.length + text.length <= maxWaiting) this.#waiting += text;
    else if (!this.#isDropping) {
      this.#isDropping = true;
      this.#waiting += '\n[output omitted]\n';
    }
    this.#printing ??= this.#printAll();
  }

  /** Resolves when the group leader has accepted everything printed so far. */
  async flush(): Promise<void> {
    while (this.#printing !== undefined) await this.#printing;
  }

  async #printAll(): Promise<void> {
    while (this.#waiting !== '') {
      const text = this.#waiting;
      this.#waiting = '';
      this.#isDropping = false;
      await this.#request(tuple(atom('put_chars'), atom('unicode'), text));
    }
    this.#printing = undefined;
  }

  #request(request: Term): Promise<Term> {
    if (this.#self.signal.aborted) return new Promise(() => undefined);
    const ref = this.#self.makeRef();
    return new Promise((resolve) => {
      this.#pending.set(termKey(ref), resolve);
      this.#self.send(this.#leader, tuple(atom('io_request'), this.#self.pid, ref, request));
    });
  }
}
