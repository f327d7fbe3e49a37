/**
 * The terminal that draws the output of shells, with a counter of the work it does: cells and lines written, moved and
 * cleared, and characters parsed. Reaches into xterm.js, which has no counters of its own.
 */
// oxlint-disable-next-line import/default -- CommonJS without named exports at run time, whatever its types say
import headless from '@xterm/headless';

type Methods = Record<string, (...args: never[]) => unknown>;
type Cost = (self: { readonly length: number }, ...args: number[]) => number;

const cells: Cost = (line) => line.length;
const lineCosts: Readonly<Record<string, Cost>> = {
  setCell: () => 1,
  setCellFromCodepoint: () => 1,
  addCodepointToCell: () => 1,
  // Inserting, deleting and clearing cells set each of them.
  copyFrom: cells,
  clone: cells,
};
const listCosts: Readonly<Record<string, Cost>> = {
  splice: (list, start = 0) => list.length - start,
  shiftElements: (_, __, count = 0) => count,
  recycle: () => 1,
  push: () => 1,
};

/** All terminals together: their classes are the same. */
let work = 0;
const counted = new Set<Methods>();

/** The methods of that class count from now on. */
function count(methods: Methods, costs: Readonly<Record<string, Cost>>): void {
  if (counted.has(methods)) return;
  counted.add(methods);
  for (const [name, cost] of Object.entries(costs)) {
    const method = methods[name];
    if (method === undefined) throw new Error(`this version of xterm.js has no ${name}`);
    methods[name] = function (this: { readonly length: number }, ...args: never[]): unknown {
      work += cost(this, ...args);
      return method.apply(this, args);
    };
  }
}

interface Core {
  readonly _core: {
    readonly _bufferService: { readonly buffer: { readonly lines: { get(index: number): object } } };
  };
}

export class CountingTerminal {
  readonly #terminal: headless.Terminal;

  constructor({ columns: cols, rows }: { columns: number; rows: number }) {
    this.#terminal = new headless.Terminal({ cols, rows, scrollback: 2000, allowProposedApi: true });
    const { lines } = (this.#terminal as unknown as Core)._core._bufferService.buffer;
    count(Object.getPrototypeOf(lines.get(0)) as Methods, lineCosts);
    count(Object.getPrototypeOf(lines) as Methods, listCosts);
  }

  /** The work of drawing `data` as one write. */
  async draw(data: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const before = work;
    this.#terminal.write(data, () => resolve(work - before + data.length));
    return promise;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
