/**
 * Attaches a local terminal to a session: raw keys in, output out, and size changes. Either side may also be a pipe: input
 * is then sent line by line, each at its prompt, and output loses its colours. A dumb terminal is used like two pipes.
 */

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { bracketPaste, PasteGate } from './line-editor/paste.ts';
import type { ShellSession } from './session/shell-session.ts';

/** The streams of a terminal, or pipes. */
export interface TerminalStreams {
  /** A `tty.ReadStream` for a terminal, anything else for a pipe. */
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    /** As in `tty.ReadStream`. */
    setRawMode?(raw: boolean): unknown;
  };
  /** A `tty.WriteStream` for a terminal, anything else for a pipe. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
}

/** Options of `attachTerminal`. */
export interface AttachOptions {
  /** Gives the terminal back; the session stays open. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the terminal shows colours. Default true. */
  readonly colours?: boolean;
  /** Whether the terminal understands no escape sequences, as with TERM=dumb. It then edits and echoes lines itself. Default false. */
  readonly dumb?: boolean;
}

/** How long a terminal must be silent after a paste; keys typed right after it wait for that long. */
const pasteSilenceMs = 100;
const restoreTerminal = '\u001b[?2004l\u001b[0m\u001b[?25h';

/**
 * Shows the session on a terminal and sends its keys to the session. Ctrl-D on an empty line closes the session, and so does the end of
 * the terminal. Resolves when the session has ended, or when the signal aborts: the terminal is then restored, and the session stays open.
 */
export function attachTerminal(
  session: ShellSession,
  streams: TerminalStreams,
  options: AttachOptions = {},
): Promise<{ readonly reason: string }> {
  const { stdin, stdout } = streams;
  const { dumb = false } = options;
  const output = showOutput(session, stdout, options);
  const stopInput =
    stdin.isTTY === true && !dumb
      ? typeKeys(session, streams)
      : typeLines(session, stdin, { output, isEchoed: stdin.isTTY === true });
  const { promise: detached, resolve } = Promise.withResolvers<{ readonly reason: string }>();
  const detach = (): void => resolve({ reason: 'detached' });
  options.signal?.addEventListener('abort', detach, { once: true });
  if (options.signal?.aborted === true) detach();
  return Promise.race([session.closed, detached]).finally(() => {
    options.signal?.removeEventListener('abort', detach);
    output.stop();
    stopInput();
    if (stdout.isTTY === true && !dumb) stdout.write(restoreTerminal);
  });
}

/** What the session prints, on its way to the terminal. */
interface ShownOutput {
  /** Keeps the output during `work` from the terminal. */
  mute(work: () => void): void;
  stop(): void;
}

function showOutput(
  session: ShellSession,
  stdout: TerminalStreams['stdout'],
  { colours = true, dumb = false }: AttachOptions,
): ShownOutput {
  const isPlain = stdout.isTTY !== true || dumb;
  let isMuted = false;
  const write = (data: string): void => {
    if (isMuted) return;
    const text = isPlain ? plainText(data) : shownText(data, colours);
    if (text !== '') stdout.write(text);
  };
  const stop = session.onOutput((chunk) => write(chunk.data));
  for (const data of shownSoFar(session)) write(data);
  return {
    stop,
    mute(work) {
      isMuted = true;
      work();
      isMuted = false;
    },
  };
}

function shownText(data: string, colours: boolean): string {
  return colours ? data : data.replaceAll(/\u001b\[[\d;:]*m/g, '');
}

function shownSoFar(session: ShellSession): string[] {
  const all = session.outputSince(0);
  if (all !== undefined) return all.map((chunk) => chunk.data);
  const { seq, data } = session.snapshot();
  return [data, ...(session.outputSince(seq) ?? []).map((chunk) => chunk.data)];
}

/** Removes control sequences, and the characters that make a full row of a terminal wrap. */
function plainText(data: string): string {
  return data
    .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[78DEM])/g, '')
    .replaceAll(/ \r(?!\n)/g, '')
    .replaceAll(/\r\n/g, '\n')
    .replaceAll(/[\r\u0007]/g, '');
}

function typeKeys(session: ShellSession, { stdin, stdout }: TerminalStreams): () => void {
  const gate = new PasteGate();
  let silence: NodeJS.Timeout | undefined;
  const give = (data: string): void => {
    if (data !== '') session.input(data);
  };
  const onData = (data: string): void => {
    clearTimeout(silence);
    give(gate.take(data));
    if (gate.isSettling) silence = setTimeout(() => give(gate.settle()), pasteSilenceMs);
  };
  const onResize = (): void => session.resize(stdout.columns ?? 80, stdout.rows ?? 24);
  // The terminal has hung up. Reading from it fails, or ends.
  const onEnd = (): void => void session.close();
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  stdin.on('data', onData).on('end', onEnd).on('error', onEnd);
  stdin.resume();
  stdout.on('resize', onResize);
  onResize();
  return () => {
    clearTimeout(silence);
    stdin.off('data', onData).off('end', onEnd);
    stdout.off('resize', onResize);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}

function typeLines(
  session: ShellSession,
  stdin: Readable,
  { output, isEchoed }: { readonly output: ShownOutput; readonly isEchoed: boolean },
): () => void {
  const lines = createInterface({ input: stdin, crlfDelay: Infinity });
  const type = (line: string): void => {
    // Sent as a paste, so that a tab in the line stays a tab.
    const give = (): void => session.input(`${bracketPaste(line)}\r`);
    // The terminal has shown the line while it was typed.
    if (isEchoed) output.mute(give);
    else give();
  };
  stdin.on('error', () => lines.close());
  void feedLines(session, lines, type);
  return () => lines.close();
}

/** Sends each line when input is requested; after the last one, the session ends. */
async function feedLines(
  session: ShellSession,
  lines: AsyncIterable<string>,
  type: (line: string) => void,
): Promise<void> {
  for await (const line of lines) {
    if (!(await waitForInputRequest(session))) return;
    type(line);
  }
  while (await waitForInputRequest(session)) {
    if (session.state === 'idle') return session.close();
    session.input('\u0004');
  }
}

/** Waits until the session requests input. Resolves to `false` when the session has ended. */
function waitForInputRequest(session: ShellSession): Promise<boolean> {
  return new Promise((resolve) => {
    const check = (): boolean => {
      if (session.state === 'busy') return false;
      resolve(session.state !== 'closed');
      return true;
    };
    if (check()) return;
    const stop = session.onState(() => {
      if (check()) stop();
    });
  });
}
