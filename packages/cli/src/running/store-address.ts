/** The options that say where the store of a console is. The address may contain a password, which belongs on no command line. */

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import { type SettingSources, withSettings } from '../options/config.ts';

/** The flags. */
export interface StoreFlags {
  readonly store?: string;
  readonly storeFile?: string;
}

/** Adds the flags to a command. */
export function addStoreOptions(command: Command): Command {
  return command
    .option(
      '--store-file <file>',
      'file with the address of a store in PostgreSQL: postgres://user:password@host/database (CONVOY_STORE_FILE; or CONVOY_STORE)',
    )
    .option('--store <address>', 'the address itself, without a password, which other users would see');
}

/**
 * The address of a store in PostgreSQL, from a flag, the environment or the configuration file; `undefined` if the store is in the
 * data directory. Rejects with CLI_BAD_OPTION. No message shows the address.
 */
export async function storeAddressOf(
  flags: StoreFlags,
  sources: SettingSources = {},
): Promise<string | undefined> {
  if (flags.store !== undefined && flags.storeFile !== undefined) {
    throw new CliError('CLI_BAD_OPTION', '--store and --store-file both say where the store is', {
      remedy: 'Use one of them.',
    });
  }
  if (flags.store !== undefined) return withoutPassword(flags.store);
  if (flags.storeFile !== undefined) return addressIn(flags.storeFile);
  const { store, storeFile } = await withSettings<StoreFlags>({}, ['store', 'storeFile'], sources);
  return storeFile === undefined ? store : addressIn(storeFile);
}

function withoutPassword(address: string): string {
  const url = URL.parse(address);
  const hasPassword = url !== null && (url.password !== '' || url.searchParams.has('password'));
  // Text that is not a URL is refused later, and may contain a password all the same: it is not shown there either.
  if (!hasPassword) return address;
  throw new CliError(
    'CLI_BAD_OPTION',
    '--store contains a password, which every user of this machine can read',
    {
      remedy:
        'Write the address into a file that only you can read, and use --store-file FILE; or set CONVOY_STORE.',
    },
  );
}

function addressIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `--store-file ${file} cannot be read`, {
      remedy: 'Check the path and that you may read the file.',
      cause,
    });
  }
  if (text === '') {
    throw new CliError('CLI_BAD_OPTION', `--store-file ${file} is empty`, {
      remedy: 'Write the address of the store into it: postgres://user:password@host/database.',
    });
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    note(`convoy: other users can read ${file}; run chmod 600 on it`);
  }
  return text;
}
