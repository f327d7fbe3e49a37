/** The cookie of a cluster that is attached: given, read from a file, or read on the host through which the cluster is reached. */

import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConsoleError } from '../errors.ts';
import type { Place } from '../places/place.ts';
import type { AttachClusterRequest } from '../protocol/index.ts';
import { readText } from './cluster-carrier.ts';

/** A cookie, and the uid of the owner of its file if it was read from one here. */
export interface FoundCookie {
  readonly cookie: string;
  readonly owner?: number | undefined;
}

const maxFileBytes = 4096;

/** Finds the cookie. Rejects with CONSOLE_BAD_REQUEST, or as the place does. */
export async function findCookie(
  { cookie, cookieFile, nodes: [first] }: Pick<AttachClusterRequest, 'cookie' | 'cookieFile' | 'nodes'>,
  place: Place | undefined,
): Promise<FoundCookie> {
  if (cookie !== undefined) return { cookie };
  if (cookieFile !== undefined) return readCookie(expandHome(cookieFile));
  if (place === undefined || first === undefined) return readCookie(join(homedir(), '.erlang.cookie'));
  const found = await place.examine(first, (way) => Promise.resolve(way.cookie));
  if (found !== undefined) return { cookie: found };
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `${place.label} is not up, so no cookie can be read there`, {
    remedy: 'Wait until it is up, or give the cookie or a file that has it.',
  });
}

async function readCookie(file: string): Promise<FoundCookie> {
  const { uid, size } = await stat(file).catch(() => ({ uid: undefined, size: 0 }));
  if (size > maxFileBytes) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${file} is longer than any cookie`, {
      remedy: 'Name the file that has the cookie and nothing else.',
    });
  }
  const cookie = (await readText(file, 'the cookie file')).trim();
  if (cookie !== '') return { cookie, owner: uid };
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `the cookie file ${file} is empty`, {
    remedy: 'Name the file that has the cookie of the cluster.',
  });
}

function expandHome(file: string): string {
  return file.startsWith('~/') ? join(homedir(), file.slice(2)) : file;
}
