/** `convoy restore FILE`: restores the data directory of a console from a backup. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dataDirOf, withSettings } from '../../options/config.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import type { ConsoleOptions } from '../../targets/console-options.ts';

async function runRestore(source: string, flags: ConsoleOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir']);
  const { restoreConsole } = await import('@convoy/console/backup');
  const dataDir = dataDirOf(options.dataDir);
  const file = resolve(source);
  const { previous, nodes } = await restoreConsole({ dataDir, file });
  const kept = previous === undefined ? [] : [`The previous state is in ${previous}`];
  const lines = [`${dataDir} is restored from ${file}`, ...kept, 'Browsers have to log in again.'];
  printResult(options, { dataDir, file, previous: previous ?? null, nodes }, lines.join('\n'));
}

export function configureRestore(command: Command): void {
  addConsoleOptions(command.argument('<file>', 'a file that `convoy backup` has written'));
  addExamples(
    command,
    'convoy restore ~/convoy-2026-12-01.backup',
    'convoy restore --data-dir ./state state.backup',
  );
  command.action((file: string, options: ConsoleOptions) =>
    guarded(options, () => runRestore(file, options)),
  );
}
