/** How the nodes of an attached cluster speak, from what was asked for: TCP or TLS, the address family, EPMD or a common port. */

import { readFile } from 'node:fs/promises';
import {
  createOwnerCheck,
  createStaticPortResolver,
  createTcpTransport,
  createTlsTransport,
} from '@convoy/node';
import { ConsoleError } from '../errors.ts';
import { explainFileError } from '../file-problem.ts';
import type { Carrier } from '../own-nodes.ts';
import type { AttachClusterRequest } from '../protocol/index.ts';

/** What decides how nodes are dialled. */
export type CarrierRequest = Pick<AttachClusterRequest, 'proto' | 'tls' | 'epmdPort' | 'port'>;

/**
 * The carrier for nodes that are dialled directly. `owner` is the uid of the user whose cookie file was read: nodes of that user
 * on this computer may be dialled, besides those of root and of the console's user. Rejects with CONSOLE_BAD_REQUEST or NODE_BAD_TLS.
 */
export async function carrierOf(
  { proto, tls, epmdPort, port }: CarrierRequest,
  owner: number | undefined,
): Promise<Carrier> {
  const isInet6 = proto === 'inet6' || proto === 'tls6';
  const family = isInet6 ? 6 : 0;
  const accept = owner === undefined ? [] : [owner];
  const isTls = proto === 'tls' || proto === 'tls6';
  return {
    ...(isInet6 ? { proto: 'inet6' } : {}),
    transport: isTls
      ? createTlsTransport({ family, ...(await readTlsFiles(tls)) })
      : createTcpTransport({ family, checkStream: createOwnerCheck({ accept }) }),
    ...(port === undefined ? {} : { resolver: createStaticPortResolver({ port }) }),
    ...(epmdPort === undefined ? {} : { epmdPort }),
  };
}

/** Throws CONSOLE_BAD_REQUEST for options that contradict each other. */
export function checkCarrier({ via, proto, tls, port }: AttachClusterRequest): void {
  const isTls = proto === 'tls' || proto === 'tls6';
  if (tls !== undefined && !isTls) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `files for TLS were given, but the nodes speak ${proto}`, {
      remedy: 'Choose tls or tls6, or leave the files out.',
    });
  }
  if (via === undefined || (!isTls && port === undefined)) return;
  const what = isTls ? proto : `port ${port}`;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} cannot be used through ${via}`, {
    remedy: 'Through a place nodes are reached over plain TCP, at the port that is found there.',
  });
}

async function readTlsFiles(files: AttachClusterRequest['tls']) {
  const { certFile, keyFile, caFile, verify = 'peer' } = files ?? {};
  const read = (file: string | undefined): Promise<string> | undefined =>
    file === undefined ? undefined : readText(file, 'the file for TLS');
  const [cert, key, ca] = await Promise.all([read(certFile), read(keyFile), read(caFile)]);
  return { cert, key, ca, verify };
}

/** Reads a file that a request names. Rejects with CONSOLE_BAD_REQUEST. */
export async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = explainFileError(cause) ?? 'it cannot be read';
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} ${file} cannot be used: ${why}`, {
      remedy: 'Give the path of a file on the computer of the console that its user may read.',
      cause,
    });
  }
}
