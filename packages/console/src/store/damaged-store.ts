/** The error for a store that cannot be trusted. */

import { ConsoleError } from '../errors.ts';

/** `where` names the store; `why` says what is wrong, without any value of the store: it may be a secret. */
export function damagedStore(where: string, why: string, cause?: unknown): ConsoleError {
  const isFile = !where.startsWith('postgres:');
  return new ConsoleError('CONSOLE_STORE_DAMAGED', `the store ${where} is damaged: ${why}`, {
    remedy: isFile
      ? 'Restore a backup, or move the file away to start with an empty store. Nothing was changed.'
      : 'Restore a backup, or move the file store-key of the data directory away to start with an empty store. Nothing was changed.',
    cause,
  });
}
