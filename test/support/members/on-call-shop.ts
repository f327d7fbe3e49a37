/** The shop of the guide for on-call engineers: two nodes with troubles, started by the script that readers start. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isRunning, ProcessOutput, waitForClose } from '../child-process.ts';
import { freePort } from '../free-port.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The running shop. `await using` ends its nodes. */
export class OnCallShop implements AsyncDisposable {
  /** Where `shop1` listens. */
  readonly port: number;
  readonly #end: () => Promise<void>;

  private constructor(port: number, end: () => Promise<void>) {
    this.port = port;
    this.#end = end;
  }

  /** Starts it. The cookie is that of HOME in `env`. */
  static async start(env: NodeJS.ProcessEnv): Promise<OnCallShop> {
    const port = await freePort();
    const child = spawn('sh', [`${root}/examples/on-call/start.sh`], {
      // A group of its own, so that its nodes can be ended with it.
      detached: true,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env, SHOP_PORT: String(port) },
    });
    const output = new ProcessOutput(child, 'the shop');
    const kill = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined || !isRunning(child)) return;
      process.kill(-child.pid, signal);
    };
    const killAll = (): void => kill('SIGKILL');
    process.once('exit', killAll);
    const shop = new OnCallShop(port, async () => {
      kill('SIGTERM');
      await waitForClose(child);
      process.off('exit', killAll);
    });
    try {
      for (const node of ['shop1', 'shop2'])
        await output.waitForMatch(new RegExp(`${node}@127\\.0\\.0\\.1 is open`), 120_000);
      return shop;
    } catch (error) {
      await shop[Symbol.asyncDispose]();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}

/** The commands of a section of the guide, by the number of its title, as words. */
export function guideCommands(number: number): readonly (readonly string[])[] {
  const guide = readFileSync(`${root}/docs/guide/on-call.md`, 'utf8');
  const [, section = ''] = guide.split(new RegExp(`^## ${number}\\. .*$`, 'm'));
  const [, block = ''] = /^```\n(.*?)^```$/ms.exec(section) ?? [];
  return block
    .split('\n')
    .filter((line) => line.startsWith('convoy '))
    .map((line) => wordsOf(line).slice(1));
}

/** The words of a line, as a shell reads them. */
function wordsOf(line: string): string[] {
  return Array.from(
    line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}
