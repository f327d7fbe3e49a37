/**
 * What happens when standard output or standard error cannot be written to any more: its reader has ended (`convoy list | head -1`), its
 * terminal has hung up, or the disk of its file is full. Node.js would end with a stack.
 */

import { exitCodeOfSignal, exitCodes } from './exit-codes.ts';

/** The exit codes for errors of a stream whose other end is gone. A terminal that has hung up answers EIO; SIGHUP comes with it. */
const exitCodeOfError: Readonly<Record<string, number>> = {
  EPIPE: exitCodes.lostOutput,
  ECONNRESET: exitCodes.lostOutput,
  ERR_STREAM_DESTROYED: exitCodes.lostOutput,
  EIO: exitCodeOfSignal('SIGHUP'),
};

type Reaction = (exitCode: number) => void;

const exit: Reaction = (exitCode) => process.exit(exitCode);
const reactions: Reaction[] = [];
let isIgnored = false;

/**
 * Handles the loss of both streams from now on. Without standard error the command carries on. Without standard output it ends, by the
 * reaction that was added last if there is one.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isIgnored) return;
    const goneCode = exitCodeOfError[error.code ?? ''];
    // Report a full disk; a closed pipe needs no message.
    if (goneCode === undefined) process.stderr.write(`convoy: cannot write the output: ${error.message}\n`);
    (reactions.at(-1) ?? exit)(goneCode ?? exitCodes.failed);
  });
}

/** Keeps a long-running command alive when its terminal or pipe is closed, or its log is on a full disk. */
export function ignoreLostOutput(): void {
  isIgnored = true;
}

/** Has `react` called, instead of ending the process, when standard output is lost. Returns the function that undoes it. */
export function onLostOutput(react: Reaction): () => void {
  reactions.push(react);
  return () => void reactions.splice(reactions.indexOf(react), 1);
}
