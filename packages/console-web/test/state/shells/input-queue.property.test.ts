/** A queue over a line that loses and delays messages, against the console's ledger: the shell gets what was typed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputLedger } from '../../../../console/src/shells/input-ledger.ts';
import { InputQueue, type NumberedInput } from '../../../src/state/shells/input-queue.ts';

/** One connection: messages wait in it until they are delivered, or are delivered much later. */
class Line {
  readonly #queued: NumberedInput[] = [];
  readonly #ledger: InputLedger;
  readonly #type: (data: string) => void;

  constructor(ledger: InputLedger, type: (data: string) => void) {
    this.#ledger = ledger;
    this.#type = type;
  }

  send(messages: readonly NumberedInput[]): void {
    this.#queued.push(...messages);
  }

  /** Brings one message to the console. */
  deliver(): void {
    const message = this.#queued.shift();
    if (message === undefined) return;
    const verdict = this.#ledger.take('page', this, message.seq);
    assert.notEqual(verdict, 'gap');
    if (verdict === 'next') this.#type(message.data);
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('type') },
  { weight: 4, arbitrary: fc.constant('deliver') },
  { weight: 2, arbitrary: fc.constant('confirm') },
  { weight: 1, arbitrary: fc.constant('drop') },
  { weight: 2, arbitrary: fc.constant('attach') },
  { weight: 2, arbitrary: fc.constant('late') },
);

test('whatever is lost or late, a shell gets the keys once and in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ledger = new InputLedger();
      const queue = new InputQueue();
      const lines: Line[] = [];
      let shell = '';
      let typed = '';
      const attach = (): void => {
        queue.detach();
        lines.push(new Line(ledger, (data) => (shell += data)));
        const line = lines.at(-1)!;
        line.send(queue.confirm(ledger.claim('page', line), 0));
      };
      for (const [index, name] of steps.entries()) {
        const line = lines.at(-1);
        if (name === 'type') {
          const key = String.fromCharCode(97 + (index % 26));
          typed += key;
          const messages = queue.type(key, 0);
          line?.send(messages);
        } else if (name === 'deliver') line?.deliver();
        else if (name === 'confirm' && queue.isAttached) line?.send(queue.confirm(ledger.taken('page'), 0));
        else if (name === 'drop') queue.detach();
        else if (name === 'attach') attach();
        else if (name === 'late') lines[index % Math.max(1, lines.length - 1)]?.deliver();
        assert.ok(typed.startsWith(shell), `${shell} of ${typed}`);
      }
      attach();
      for (let count = 0; count < 300; count += 1) lines.at(-1)?.deliver();
      assert.equal(shell, typed);
    }),
    { numRuns: 500 },
  );
});
