/** How the commands that ask the running console find it. */

import { type ConsoleClient, createConsoleClient } from './console-client.ts';
import { withSettings } from '../options/config.ts';

export interface ConsoleOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

export async function clientOf(flags: ConsoleOptions): Promise<ConsoleClient> {
  const { dataDir } = await withSettings(flags, ['dataDir']);
  return createConsoleClient(dataDir);
}
