/** Options of the commands that talk to a running console. */

import { type ConsoleClient, createConsoleClient } from './console-client.ts';
import { withSettings } from '../options/config.ts';

/** The flags of such a command. */
export interface ConsoleOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** A client of the console that the flags select. Rejects with CLI_NO_CONSOLE. */
export async function clientOf(flags: ConsoleOptions): Promise<ConsoleClient> {
  const { dataDir } = await withSettings(flags, ['dataDir']);
  return createConsoleClient(dataDir);
}
