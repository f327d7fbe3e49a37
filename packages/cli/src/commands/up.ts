/** `convoy up`: the console and its local cluster, until a signal ends it. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { dataDirOf, parsePort, withSettings } from '../config.ts';
import { note } from '../output.ts';
import { guarded, withExample } from './options.ts';

interface UpOptions {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly nodeLimit?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** How the console runs this very command for the TypeScript nodes it launches. */
function convoyCommand(): string[] {
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(import.meta.resolve('../main.ts')))];
}

function openInBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.once('error', () => note(`convoy: ${opener} is not there; open the link by hand`));
  child.unref();
}

async function runUp(flags: UpOptions): Promise<void> {
  const options = await withSettings(flags, ['port', 'host', 'dataDir', 'nodeLimit']);
  const { startConsole } = await import('@convoy/console');
  const limit = options.nodeLimit === undefined ? undefined : Number(options.nodeLimit);
  const running = await startConsole({
    port: parsePort(options.port ?? '4000', '--port'),
    host: options.host ?? '127.0.0.1',
    dataDir: dataDirOf(options.dataDir),
    convoyCommand: convoyCommand(),
    ...(limit === undefined ? {} : { nodeLimit: limit }),
  });
  if (flags.json === true) console.log(JSON.stringify({ url: running.url }));
  else
    console.log(
      `\n  Convoy is up: ${running.url}\n\n  Open the link to log in. Ctrl-C stops the console and every node it launched.\n`,
    );
  if (options.open === true) openInBrowser(running.url);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void running.close());
  await running.closed;
}

export function registerUp(program: Command): void {
  const command = program
    .command('up')
    .description('start the console and a local cluster')
    .option('--port <port>', 'port of the page, 0 for any free one (CONVOY_PORT, else 4000)')
    .option('--host <address>', 'address to listen on (CONVOY_HOST, else 127.0.0.1)')
    .option('--data-dir <folder>', 'where cookie, token and audit are kept (CONVOY_DATA_DIR, else ~/.convoy)')
    .option('--node-limit <count>', 'most nodes that can be launched (CONVOY_NODE_LIMIT)')
    .option('--open', 'open the page in a browser')
    .option('--json', 'print the link as JSON');
  withExample(command, 'convoy up', 'convoy up --port 8080 --data-dir ./state');
  command.action(async (options: UpOptions) => guarded(options, () => runUp(options)));
}
