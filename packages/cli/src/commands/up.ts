/** `convoy up`: the console and its local cluster, until a signal ends it. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { dataDirOf, oneOf, parseCount, parsePort, withSettings } from '../config.ts';
import { note } from '../output.ts';
import type { Simulation } from '../simulate-railway.ts';
import { addExamples, guarded } from './options.ts';

interface UpOptions {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly nodeLimit?: string;
  readonly simulate?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** How the console runs this very command for the TypeScript nodes it launches. */
function convoyCommand(): string[] {
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js';
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(main, import.meta.url))];
}

function openInBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.once('error', () => note(`convoy: ${opener} is not there; open the link by hand`));
  child.unref();
}

async function simulationOf({ simulate }: UpOptions, dataDir: string): Promise<Simulation | undefined> {
  if (simulate === undefined) return undefined;
  oneOf(simulate, ['railway'], '--simulate');
  const { simulateRailway } = await import('../simulate-railway.ts');
  return simulateRailway({ folder: join(dataDir, 'simulator'), convoyCommand: convoyCommand() });
}

/** A simulator must not outlive a console that does not start. */
async function startOr<Result>(
  simulation: Simulation | undefined,
  start: () => Promise<Result>,
): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    await simulation?.close();
    throw error;
  }
}

async function runUp(flags: UpOptions): Promise<void> {
  const options = await withSettings(flags, {
    port: 'text',
    host: 'text',
    dataDir: 'text',
    nodeLimit: 'text',
    simulate: 'text',
    open: 'flag',
  });
  const { startConsole } = await import('@convoy/console');
  const { nodeLimit } = options;
  const dataDir = dataDirOf(options.dataDir);
  const simulation = await simulationOf(options, dataDir);
  const running = await startOr(simulation, () =>
    startConsole({
      port: parsePort(options.port ?? '4000', '--port'),
      host: options.host ?? '127.0.0.1',
      dataDir,
      convoyCommand: convoyCommand(),
      ...(nodeLimit === undefined ? {} : { nodeLimit: parseCount(nodeLimit, '--node-limit', [1, 1000]) }),
      ...(simulation === undefined ? {} : { railway: simulation.settings }),
    }),
  );
  // The token is meant for whoever started the console; it goes nowhere else.
  if (options.json === true) console.log(JSON.stringify({ url: running.url }));
  else {
    console.log(`\n  Convoy is up: ${running.url}\n`);
    console.log('  Open the link to log in. Ctrl-C stops the console and every node it launched.\n');
  }
  if (options.open === true) openInBrowser(running.url);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void running.close());
  }
  await running.closed;
  await simulation?.close();
}

export function configureUp(command: Command): void {
  command
    .option('--port <port>', 'port of the page, 0 for any free one (CONVOY_PORT, else 4000)')
    .option('--host <address>', 'address to listen on (CONVOY_HOST, else 127.0.0.1)')
    .option('--data-dir <folder>', 'where cookie, token and audit are kept (CONVOY_DATA_DIR, else ~/.convoy)')
    .option('--node-limit <count>', 'most nodes that can be launched (CONVOY_NODE_LIMIT, else 12)')
    .option(
      '--simulate <platform>',
      'railway: a Railway of your own that runs real nodes here (CONVOY_SIMULATE)',
    )
    .option('--open', 'open the page in a browser (CONVOY_OPEN)')
    .option('--json', 'print the link as JSON');
  addExamples(
    command,
    'convoy up',
    'convoy up --port 8080 --data-dir ./state',
    'convoy up --simulate railway',
  );
  command.action((options: UpOptions) => guarded(options, () => runUp(options)));
}
