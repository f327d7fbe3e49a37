/** Asks for a secret at the terminal without showing it. */

import type { ReadStream } from 'node:tty';

const [enter, lineFeed, backspace, erase, interrupt, endOfInput] = [
  '\r',
  '\n',
  '\u0008',
  '\u007f',
  '\u0003',
  '\u0004',
];

/** Resolves with the secret, or `undefined` without a terminal, after Ctrl-D or for empty input. Ctrl-C ends the program. */
export async function askSecret(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  // Before the question, because an immediate answer would be echoed on the screen.
  stdin.setRawMode(true);
  try {
    stderr.write(`${question}: `);
    return await readSecret(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function readSecret(stdin: ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = '';
    const finish = (secret: string | undefined): void => {
      stdin.off('data', onData).off('end', onEnd);
      resolve(secret === '' ? undefined : secret);
    };
    const onData = (chunk: Buffer): void => {
      for (const key of chunk.toString('utf8')) {
        if (key === enter || key === lineFeed) return finish(typed);
        if (key === endOfInput) return finish(undefined);
        if (key === interrupt) {
          finish(undefined);
          process.kill(process.pid, 'SIGINT');
          return;
        }
        typed = key === backspace || key === erase ? typed.slice(0, -1) : typed + key;
      }
    };
    // The terminal has hung up.
    const onEnd = (): void => finish(undefined);
    stdin.on('data', onData).on('end', onEnd).once('error', onEnd).resume();
  });
}
