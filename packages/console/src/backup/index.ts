/** The entry point `@convoy/console/backup`: backing up a data directory, and restoring it. */

export { backUpConsole, type Backup, type BackupOptions, type BackUpOptions } from './back-up.ts';
export { restoreConsole, type Restored } from './restore.ts';
export { ConsoleError, type ConsoleErrorCode } from '../errors.ts';
