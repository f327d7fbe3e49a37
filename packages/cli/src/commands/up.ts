/** `convoy up`: the console and its local cluster, until a signal ends it. */

import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { ConsoleOptions } from '@convoy/console';
import { dataDirOf, oneOf, parseCount, parsePort, withSettings } from '../options/config.ts';
import {
  addFrontDoorOptions,
  exposureWarning,
  type FrontDoorFlags,
  frontDoorOptionsOf,
  frontDoorSettings,
} from '../options/front-door-options.ts';
import { containFaults } from '../running/contain-faults.ts';
import { note } from '../output.ts';
import { endSignal } from '../terminal/until-signal.ts';
import { addExamples, guarded } from '../options/shared-options.ts';

interface UpOptions extends FrontDoorFlags {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly dataDir?: string;
  readonly nodeLimit?: string | undefined;
  readonly simulate?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** How the console runs this very command for the TypeScript nodes it launches. */
function convoyCommand(): string[] {
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js';
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(main, import.meta.url))];
}

async function openPage(url: string, dataDir: string): Promise<() => void> {
  const { openInBrowser } = await import('../terminal/open-in-browser.ts');
  return openInBrowser(url, dataDir);
}

/**
 * What the console calls once the data directory is its own: until then the folder may be that of another console. The
 * simulator is loaded here, so that a missing package is reported before anything starts.
 */
async function simulationOf({ simulate }: UpOptions): Promise<ConsoleOptions['simulateRailway']> {
  if (simulate === undefined) return undefined;
  oneOf(simulate, ['railway'], '--simulate');
  const { loadRailwaySimulator, simulateRailway } = await import('../running/simulate-railway.ts');
  const railway = await loadRailwaySimulator();
  return (folder) => simulateRailway({ railway, folder, convoyCommand: convoyCommand() });
}

async function runUp(flags: UpOptions): Promise<void> {
  const options = await withSettings(flags, [
    'port',
    'host',
    'dataDir',
    'nodeLimit',
    'simulate',
    'open',
    ...frontDoorSettings,
  ]);
  const { startConsole } = await import('@convoy/console');
  const { nodeLimit } = options;
  const dataDir = dataDirOf(options.dataDir);
  const simulateRailway = await simulationOf(options);
  // Before the start: what it has begun when the signal comes is undone in order. A second one ends the process at once.
  const ending = endSignal();
  const starting = startConsole({
    port: parsePort(options.port ?? '4000', '--port'),
    host: options.host ?? '127.0.0.1',
    dataDir,
    convoyCommand: convoyCommand(),
    ...frontDoorOptionsOf(options),
    simulateRailway,
    ...(nodeLimit === undefined ? {} : { nodeLimit: parseCount(nodeLimit, '--node-limit', [1, 1000]) }),
  });
  // A start that fails is told below.
  const stop = (): void => void starting.then((started) => started.close()).catch(() => undefined);
  ending.addEventListener('abort', stop);
  const running = await starting;
  containFaults(running);
  if (ending.aborted) return running.closed;
  const warning = exposureWarning(running.listening);
  if (warning !== undefined) note(warning);
  // The token is meant for whoever started the console; it goes nowhere else.
  if (options.json === true) console.log(JSON.stringify({ url: running.url }));
  else {
    console.log(`\n  Convoy is up: ${running.url}\n`);
    console.log('  Open the link to log in. Ctrl-C stops the console and every node it launched.\n');
  }
  const closePage = options.open === true ? await openPage(running.url, dataDir) : undefined;
  await running.closed;
  closePage?.();
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
  addFrontDoorOptions(command);
  addExamples(
    command,
    'convoy up',
    'convoy up --port 8080 --data-dir ./state',
    'convoy up --simulate railway',
    'convoy up --trusted-proxy 127.0.0.1 --allowed-host console.example.com --base-path /convoy',
  );
  command.action((options: UpOptions) => guarded(options, () => runUp(options)));
}
