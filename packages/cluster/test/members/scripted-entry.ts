/** A node that answers as the entry of a cluster would, with what a test tells it: in memory, without Erlang. */

import type { Node } from '@convoy/node';
import { atom, atomName, type Term, type Tuple, tuple } from '@convoy/node/etf';
import type { ManualClock } from '@convoy/node/testing';

type Bindings = ReadonlyMap<string, Term>;

/** The names that `listen` answers. */
export interface Connections {
  readonly visible: readonly string[];
  readonly hidden?: readonly string[];
}

const atoms = (names: readonly string[]): Term[] => names.map((name) => atom(name));
const charlist = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

export class ScriptedEntry {
  /** The number of calls of each program. */
  readonly calls = { listen: 0, ask: 0 };
  /** Answers `ask`, instead of the plain answer; for hostile ones. */
  onAsk: ((names: readonly string[], bindings: Bindings) => Term) | undefined;
  /** Answers `listen`, instead of the connections; for hostile ones. */
  onListen: (() => Term) | undefined;
  #connections: Connections = { visible: [] };
  #hash = 1;
  readonly #wakers = new Set<() => void>();
  readonly #clock: ManualClock | undefined;

  /** With a clock, `listen` waits as the real one does. Without one it answers only when the connections change. */
  constructor(node: Node, clock?: ManualClock) {
    this.#clock = clock;
    node.expose('erl_scan', {
      string: (source: Term) => tuple(atom('ok'), source, 1),
    });
    node.expose('erl_parse', {
      parse_exprs: (source: Term) => {
        const text = String.fromCodePoint(...(source as number[]));
        return tuple(atom('ok'), [atom(text.includes('monitor_nodes') ? 'listen' : 'ask')]);
      },
    });
    node.expose('erl_eval', {
      // oxlint-disable-next-line max-params -- erl_eval:expr/5
      expr: (program: Term, bound: Term, _local: Term, _others: Term, format: Term) => {
        if (atomName(format) !== 'value') throw new TypeError('the bindings would travel back');
        const pairs = (bound as Tuple[]).map(([name, value]) => [atomName(name) ?? '', value] as const);
        return this.#evaluate(atomName(program) === 'listen' ? 'listen' : 'ask', new Map(pairs));
      },
    });
  }

  /** Changes its connections. */
  connect(connections: Connections): void {
    this.#connections = connections;
    this.#hash += 1;
    for (const wake of this.#wakers) wake();
  }

  /** Lets `listen` answer, though nothing has changed. */
  wake(): void {
    for (const wake of this.#wakers) wake();
  }

  async #evaluate(program: 'listen' | 'ask', bindings: Bindings): Promise<Term> {
    this.calls[program] += 1;
    if (program === 'ask') return this.#ask(bindings);
    if (this.onListen !== undefined) return this.onListen();
    if (bindings.get('Known') === this.#hash) await this.#wait(Number(bindings.get('Wait')));
    if (this.onListen !== undefined) return (this.onListen as () => Term)();
    if (bindings.get('Known') === this.#hash) return atom('same');
    const { visible, hidden = [] } = this.#connections;
    return tuple(this.#hash, atoms(visible), atoms(hidden), []);
  }

  #ask(bindings: Bindings): Term {
    const names = (bindings.get('Nodes') as Term[]).map((name) => atomName(name) ?? '');
    if (this.onAsk !== undefined) return this.onAsk(names, bindings);
    const isVitals = bindings.get('Compare') !== false;
    return names.map((name) =>
      tuple(atom(name), tuple(atom('ok'), isVitals ? vitals() : identity(bindings))),
    );
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock?.after(ms, () => wake());
      const wake = (): void => {
        timer?.cancel();
        this.#wakers.delete(wake);
        resolve();
      };
      this.#wakers.add(wake);
    });
  }
}

/** The answer of a plain `erl`. */
function identity(bindings: Bindings): Term {
  const [, modules] = bindings.get('Args') as [Term, Term[]];
  const script = tuple(charlist('Erlang/OTP'), charlist('27'));
  const known = [1, charlist('27'), script, undefined, undefined, undefined];
  return [...known, ...modules.slice(known.length).map(() => false)];
}

function vitals(): Term {
  return [[], [], [], 1, 2_000_000_000, 1_000_000_000, 1_000_000_000, 40, 1, 0, [], 2, 15_000_000];
}
