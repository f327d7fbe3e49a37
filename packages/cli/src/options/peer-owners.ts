/**
 * Restricts which nodes on this machine, or on a host behind SSH, are dialled: those of root, of the user who runs the
 * command, of the user whose cookie file was read, and of users that were named. Nodes of other users could pass the proof
 * of the cookie on.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { type Carrier, type CarrierFlags, carrierOf } from './carrier-options.ts';
import type { SettingName } from './setting-table.ts';
import type { FoundCookie } from './cookie.ts';
import { CliError } from '../errors.ts';

/** The flag for users whose nodes may be dialled. */
export interface OwnerFlags {
  readonly owner?: readonly string[];
}

/** The flags that `withSettings` fills in. */
export const ownerSettings: readonly SettingName[] = ['owner'] satisfies (keyof OwnerFlags)[];

/** Adds the flag to a command. */
export function addOwnerOption(command: Command): Command {
  const collect = (user: string, users: readonly string[] = []): readonly string[] => [...users, user];
  return command.option(
    '--owner <user>',
    'also dial nodes of this user, besides those of root and yourself; may be repeated (CONVOY_OWNER)',
    collect,
  );
}

/** Node options for dialling only nodes of the allowed users. With TLS the certificate already identifies the peer. Rejects with CLI_BAD_OPTION. */
export async function checkedCarrier(
  flags: CarrierFlags & OwnerFlags,
  { owner }: Pick<FoundCookie, 'owner'>,
): Promise<Carrier> {
  const carrier = await carrierOf(flags);
  if (carrier.transport !== undefined) return carrier;
  const { createOwnerCheck, createTcpTransport } = await import('@convoy/node');
  const named = await Promise.all((flags.owner ?? []).map(userNumber));
  const accept = owner === undefined ? named : [...named, owner];
  const family = carrier.proto === undefined ? 0 : carrier.proto === 'inet6' ? 6 : 4;
  return { ...carrier, transport: createTcpTransport({ family, checkStream: createOwnerCheck({ accept }) }) };
}

/** Throws CLI_BAD_OPTION. */
async function userNumber(user: string): Promise<number> {
  if (/^\d{1,10}$/.test(user)) return Number(user);
  try {
    if (!/^[A-Za-z_][\w.@-]{0,127}\$?$/.test(user)) throw new Error('not a valid user name');
    const { stdout } = await promisify(execFile)('id', ['-u', user], { env: { PATH: process.env['PATH'] } });
    return Number(stdout.trim());
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `--owner ${user}: this machine has no user of that name`, {
      remedy: 'Use the name or the uid of the user that the node runs as.',
      cause,
    });
  }
}
