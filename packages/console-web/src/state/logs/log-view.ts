/** What the user has chosen on the page of logs. The level and the source stay in this browser, the text is gone with the page. */

import type { LogLevel, LogSource } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { storedFields, storedSignal } from '../page/stored-signal.ts';
import { isLevel } from './filter/log-levels.ts';
import { type LogFilter, sourceNames } from './filter/line-filter.ts';

export interface LogChoice {
  readonly level: LogLevel | '';
  /** '' for what the console has of each node: its output if it launched it, otherwise what its logger reports. */
  readonly source: LogSource | '';
}

function isSource(value: unknown): value is LogSource {
  return typeof value === 'string' && Object.hasOwn(sourceNames, value);
}

/** Parses a stored choice. */
export function parseLogChoice(stored: unknown): LogChoice {
  const { level, source } = storedFields(stored);
  return { level: isLevel(level) ? level : '', source: isSource(source) ? source : '' };
}

export const logChoice: Signal<LogChoice> = storedSignal('convoy.logs', parseLogChoice);

/** What the lines are searched for. */
export const logSearch: Signal<{ readonly text: string; readonly isRegex: boolean }> = signal({
  text: '',
  isRegex: false,
});

/** The filter as it is chosen now, valid or not. */
export function chosenFilter(): LogFilter {
  return { ...logSearch.value, level: logChoice.value.level };
}

export function chooseLogs(change: Partial<LogChoice>): void {
  logChoice.value = { ...logChoice.value, ...change };
}
