/** `convoy backup FILE`: backs up the data directory of a console, whether it runs or not. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dataDirOf, withSettings } from '../../options/config.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';
import { addStoreOptions, type StoreFlags, storeAddressOf } from '../../running/store-address.ts';
import { note, printResult } from '../../output.ts';
import type { ConsoleOptions } from '../../targets/console-options.ts';

type BackupOptions = ConsoleOptions & StoreFlags;

async function runBackup(target: string, flags: BackupOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir']);
  const { backUpConsole } = await import('@convoy/console/backup');
  const dataDir = dataDirOf(options.dataDir);
  const { file, bytes, nodes } = await backUpConsole({
    dataDir,
    file: resolve(target),
    store: await storeAddressOf(flags),
  });
  printResult(options, { file, bytes, nodes }, `${dataDir} is backed up in ${file} (${bytes} bytes)`);
  note('The backup contains secrets: the token, the cookie and the link cookies. Only you can read it.');
}

export function configureBackup(command: Command): void {
  addConsoleOptions(command.argument('<file>', 'file to write; it must not exist'));
  addStoreOptions(command);
  addExamples(
    command,
    'convoy backup ~/convoy-2026-12-01.backup',
    'convoy backup --data-dir ./state state.backup',
  );
  command.action((file: string, options: BackupOptions) => guarded(options, () => runBackup(file, options)));
}
