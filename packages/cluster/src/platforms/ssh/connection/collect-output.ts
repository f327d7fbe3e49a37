/** Collects the output of a remote command until it ends, within limits of time and size. Both SSH clients use it. */

import type { Readable, Writable } from 'node:stream';
import { SshError } from '../../../errors.ts';
import type { ExecOptions, ExecResult, SshExit } from './ssh-connection.ts';

export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<SshExit>;
  kill(): void;
}

export interface CollectOptions extends ExecOptions {
  /** Name of the host for messages. */
  readonly host: string;
  /** Why the connection was lost, if it was: then the end of the channel is not the end of the command. */
  readonly lostBy: () => Error | undefined;
}

const defaultTimeoutMs = 15_000;
const defaultMaxBytes = 1024 * 1024;

export function collectOutput(command: RunningCommand, options: CollectOptions): Promise<ExecResult> {
  const { input, signal, host, lostBy } = options;
  const { timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultMaxBytes } = options;
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      action();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        command.kill();
        reject(error);
      });
    const onAbort = (): void => fail(signal?.reason);
    const timer = setTimeout(() => fail(commandTimeout(host, timeoutMs)), timeoutMs);
    const onTooMuch = (): void => fail(tooMuchOutput(host, maxOutputBytes));
    const [stdout, stderr] = [
      textOf(command.stdout, maxOutputBytes, onTooMuch),
      textOf(command.stderr, maxOutputBytes, onTooMuch),
    ];
    signal?.addEventListener('abort', onAbort, { once: true });
    // A command that ends without reading its input breaks that pipe; its exit code is more informative.
    command.stdin.on('error', () => undefined);
    if (input === undefined) command.stdin.end();
    else command.stdin.end(input);
    // The exit can be known before the output has been read: on a busy machine both arrive together.
    const read = Promise.all([waitForEnd(command.stdout), waitForEnd(command.stderr)]);
    void command.exited.then(async (exit) => {
      if (lostBy() === undefined) await read;
      const lost = lostBy();
      if (lost !== undefined) return fail(lost);
      settle(() => resolve({ code: exit.code, stdout: stdout(), stderr: stderr() }));
    });
    if (signal?.aborted === true) onAbort();
  });
}

function textOf(stream: Readable, maxBytes: number, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) return onTooMuch();
    chunks.push(chunk);
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Resolves when the stream has ended or broken. */
function waitForEnd(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.readableEnded || stream.closed) return resolve();
    stream.once('end', resolve).once('close', resolve);
  });
}

function commandTimeout(hop: string, timeoutMs: number): SshError {
  return new SshError('SSH_TIMEOUT', `a command on ${hop} took longer than ${timeoutMs} ms`, {
    hop,
    remedy: 'The host may be overloaded, or its login profile may wait for input.',
  });
}

function tooMuchOutput(hop: string, maxBytes: number): SshError {
  return new SshError('SSH_PROTOCOL', `a command on ${hop} printed more than ${maxBytes} bytes`, {
    hop,
    remedy: 'Check what the login profile on the host prints.',
  });
}
