/** Copies the output of a launched node into its log, each line once: also when a console that was restarted reads it again. */

import type { ProviderLog, ProviderLogLine } from '@convoy/cluster';
import type { Faults } from '../fault-boundary.ts';
import type { NodeHistory } from './node-history.ts';
import { levelOfOutput } from './output-level.ts';

/** Copies one output. */
export class OutputIntake {
  /** The output that is copied. */
  readonly source: ProviderLog;
  readonly #history: NodeHistory;
  readonly #leave: () => void;
  /** Where the output of a previous console ends. */
  readonly #lastPosition: number;
  /** What a previous console has got of an output that says no positions, by time and text, and the time of the first. */
  readonly #known: ReadonlySet<string>;
  readonly #knownSince: number;
  #position = 0;
  #isPast = false;

  constructor(source: ProviderLog, history: NodeHistory, faults: Faults) {
    this.source = source;
    this.#history = history;
    const lines = source.lines();
    // A file that does not reach that place was emptied while no console was there.
    const positions = lines.flatMap(({ position }) => position ?? []);
    const isEmptied = positions.length > 0 && positions.every((position) => position < history.lastPosition);
    this.#lastPosition = isEmptied ? 0 : history.lastPosition;
    const stored = history.recent(0, 'output');
    this.#known = new Set(stored.map(keyOf));
    this.#knownSince = stored.length === 0 ? -Infinity : Math.min(...stored.map(({ at }) => at));
    for (const line of lines) this.#take(line);
    this.#leave = source.follow(faults.bind((line: ProviderLogLine) => this.#take(line)));
  }

  /** Stops copying. */
  close(): void {
    this.#leave();
  }

  #take({ at, stream, text, position }: ProviderLogLine): void {
    if (position === undefined ? this.#wasRead({ at, text }) : this.#wasReadUpTo(position)) return;
    const level = levelOfOutput(text);
    this.#history.add({ at, stream, text, ...(level === undefined ? {} : { level }) }, position);
  }

  /** Positions are compared until the first new line: a file that is emptied later starts from 0 again. */
  #wasReadUpTo(position: number): boolean {
    this.#isPast ||= position > this.#lastPosition || position < this.#position;
    this.#position = position;
    return !this.#isPast;
  }

  #wasRead(line: Pick<ProviderLogLine, 'at' | 'text'>): boolean {
    if (this.#known.size === 0) return false;
    return line.at < this.#knownSince || this.#known.has(keyOf(line));
  }
}

function keyOf({ at, text }: Pick<ProviderLogLine, 'at' | 'text'>): string {
  return `${at} ${text}`;
}
