/** One request to an EPMD daemon: dial, send, collect the answer, all within one deadline. It does not parse messages. */

import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { anySignal } from '../async.ts';
import { EpmdError } from '../errors.ts';

/** Opens a stream to an address by means other than TCP from here, e.g. through a tunnel. */
export type OpenStream = (
  address: { readonly host: string; readonly port: number },
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<Duplex>;

export interface Daemon {
  readonly host: string;
  readonly port: number;
  /** `host:port`, for messages. */
  readonly address: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly openStream: OpenStream | undefined;
}

/** Larger than any answer: 4096 names of 1020 bytes. */
const maxReplyBytes = 8 * 1024 * 1024;

/**
 * Sends `request` and collects the answer: as many bytes as `wantedBytes` returns for its first byte, or everything until
 * the other side closes if that is omitted. The caller owns the socket afterwards.
 */
export async function exchange(
  daemon: Daemon,
  request: Uint8Array,
  wantedBytes?: (first: number) => number,
): Promise<{ reply: Uint8Array; socket: Duplex }> {
  daemon.signal?.throwIfAborted();
  const deadline = performance.now() + daemon.timeoutMs;
  const socket = await openSocket(daemon);
  return new Promise((resolve, reject) => {
    const { signal } = daemon;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // Only our own listeners: the stream may belong to a tunnel, which has listeners as well.
      socket.off('data', onData).off('end', succeed).off('close', succeed).off('error', onError);
      // A reset after the answer is irrelevant.
      socket.on('error', () => undefined);
      action();
    };
    const fail = (error: Error): void =>
      settle(() => {
        socket.destroy();
        reject(error);
      });
    const succeed = (): void => settle(() => resolve({ reply: Buffer.concat(chunks), socket }));
    const onAbort = (): void => fail(signal?.reason as Error);
    const onError = (cause: Error): void => fail(unreachable(daemon, cause));
    const onData = (chunk: Uint8Array): void => {
      size += chunk.length;
      chunks.push(chunk);
      const wanted = wantedBytes?.(chunks[0]?.[0] ?? 0) ?? Infinity;
      if (size >= wanted) succeed();
      else if (size > maxReplyBytes) fail(tooLong(daemon));
    };
    const timer = setTimeout(() => fail(timedOut(daemon)), deadline - performance.now());
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('close', succeed);
    // The stream of a tunnel may stay half open, where a TCP socket closes by itself.
    socket.once('end', succeed);
    socket.on('data', onData);
    socket.write(request);
  });
}

async function openSocket(daemon: Daemon): Promise<Duplex> {
  const { host, port, openStream, signal, timeoutMs } = daemon;
  if (openStream === undefined) return connect({ host, port, noDelay: true });
  const expired = AbortSignal.timeout(timeoutMs);
  const both = anySignal(signal, expired);
  try {
    return await openStream({ host, port }, { signal: both });
  } catch (error) {
    signal?.throwIfAborted();
    if (expired.aborted) throw timedOut(daemon);
    throw unreachable(daemon, error as NodeJS.ErrnoException);
  }
}

function timedOut({ address, timeoutMs }: Daemon): EpmdError {
  const what = `EPMD at ${address} did not answer within ${timeoutMs} ms`;
  const remedy = 'Open the port in the firewall, or raise `timeoutMs`.';
  return new EpmdError('EPMD_TIMEOUT', `${what}: a firewall may drop the packets`, { address, remedy });
}

function unreachable({ address }: Daemon, cause: NodeJS.ErrnoException): EpmdError {
  const what = `cannot reach EPMD at ${address} (${cause.code ?? cause.message})`;
  const remedy = 'Start one (startEpmdServer, `epmd -daemon`), or check the host and ERL_EPMD_PORT.';
  return new EpmdError('EPMD_UNREACHABLE', what, { address, remedy, cause });
}

function tooLong({ address }: Daemon): EpmdError {
  const what = `the answer from ${address} is larger than any answer of an EPMD`;
  const remedy = 'Check which program listens on that port.';
  return new EpmdError('EPMD_BAD_REPLY', `${what}: another program uses the port`, { address, remedy });
}
