/** The rows of the strategy table, and the options that several strategies have in common. */

import type { OptionReader } from './option-reader.ts';
import type { Strategy } from './strategy.ts';

/** Creates a strategy from its options. Secrets come from `env`. */
export type StrategyMaker = (read: OptionReader, env: NodeJS.ProcessEnv) => Strategy;

export function epmdOptions(read: OptionReader): {
  basename?: string;
  port?: number | undefined;
  intervalMs?: number;
  timeoutMs?: number | undefined;
} {
  return { ...read.texts('basename'), ...read.numbers('port'), ...pollingOptions(read) };
}

export function dnsOptions(read: OptionReader): {
  basename?: string;
  server?: string;
  intervalMs?: number;
  timeoutMs?: number | undefined;
} {
  return { ...read.texts('basename', 'server'), ...pollingOptions(read) };
}

export function pollingOptions(read: OptionReader): { intervalMs?: number; timeoutMs?: number | undefined } {
  return read.times({ interval: 'intervalMs', timeout: 'timeoutMs' });
}
