/** `convoy up`: runs the console and its local cluster until a signal arrives. */

import type { Command } from 'commander';
import type { ConsoleOptions } from '@convoy/console';
import { ifGiven, dataDirOf, oneOf, parseCount, parsePort, withSettings } from '../options/config.ts';
import {
  addFrontDoorOptions,
  exposureWarning,
  type FrontDoorFlags,
  frontDoorOptionsOf,
  frontDoorSettings,
} from '../options/front-door-options.ts';
import { addStoreOptions, type StoreFlags, storeAddressOf } from '../running/store-address.ts';
import type { AttachRequest } from '../options/attach/attach-options.ts';
import {
  addUpAttachOptions,
  refuseWayAlone,
  type UpAttachFlags,
  upAttachSettings,
} from '../options/attach/up-attach-options.ts';
import { containFaults } from '../running/contain-faults.ts';
import { ownCommand } from '../running/own-command.ts';
import { note, print } from '../output.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { addExamples, guarded } from '../options/shared-options.ts';

interface UpOptions extends FrontDoorFlags, StoreFlags, UpAttachFlags {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly dataDir?: string;
  readonly nodeLimit?: string | undefined;
  readonly logLimit?: string | undefined;
  readonly simulate?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

async function openPage(url: string, dataDir: string): Promise<() => void> {
  const { openInBrowser } = await import('../terminal/open-in-browser.ts');
  return openInBrowser(url, dataDir);
}

/**
 * Starts the simulator. The console calls it once it has locked the data directory, which another console may use until
 * then. The package is loaded here already, so that a missing one is reported before anything starts.
 */
async function simulationOf({ simulate }: UpOptions): Promise<ConsoleOptions['simulateRailway']> {
  if (simulate === undefined) return undefined;
  oneOf(simulate, ['railway'], '--simulate');
  const { loadRailwaySimulator, simulateRailway } = await import('../running/simulate-railway.ts');
  const railway = await loadRailwaySimulator();
  return (folder) => simulateRailway({ railway, folder, convoyCommand: ownCommand() });
}

/** What to attach by `--attach` and `--discover`. It is settled before anything starts, so that mistakes are reported then. */
async function requestOf({ attach = [], ...flags }: UpOptions): Promise<AttachRequest | undefined> {
  if (attach.length === 0 && (flags.discover ?? []).length === 0) {
    refuseWayAlone(flags);
    return undefined;
  }
  const { fullNodeName } = await import('../targets/visits/visitor.ts');
  const { attachRequestOf } = await import('../options/attach/attach-options.ts');
  return attachRequestOf(attach.map(fullNodeName), flags);
}

async function attach(
  request: AttachRequest | undefined,
  how: { readonly dataDir: string; readonly signal: AbortSignal },
): Promise<void> {
  if (request === undefined) return;
  const { attachAtStart } = await import('../targets/clusters/attach-at-start.ts');
  await attachAtStart(request, how);
}

async function runUp(flags: UpOptions): Promise<void> {
  const options = await withSettings(flags, [
    'port',
    'host',
    'dataDir',
    'nodeLimit',
    'logLimit',
    'simulate',
    'open',
    ...frontDoorSettings,
    ...upAttachSettings,
  ]);
  const { startConsole } = await import('@convoy/console');
  const { nodeLimit, logLimit } = options;
  const dataDir = dataDirOf(options.dataDir);
  const store = await storeAddressOf(flags);
  const simulateRailway = await simulationOf(options);
  const attaching = await requestOf(options);
  // From here on a signal undoes in order what the start has done so far. A second one ends the process at once.
  const ending = interruptSignal();
  const starting = startConsole({
    port: parsePort(options.port ?? '4000', '--port'),
    host: options.host ?? '127.0.0.1',
    dataDir,
    store,
    convoyCommand: ownCommand(),
    ...frontDoorOptionsOf(options),
    simulateRailway,
    nodeLimit: ifGiven(nodeLimit, (text) => parseCount(text, '--node-limit', [1, 1000])),
    logLimitMb: ifGiven(logLimit, (text) => parseCount(text, '--log-limit', [1, 10_000])),
  });
  // A failed start is reported below.
  const stop = (): void => void starting.then((started) => started.close()).catch(() => undefined);
  ending.addEventListener('abort', stop);
  const running = await starting;
  containFaults(running);
  if (ending.aborted) return running.closed;
  const warning = exposureWarning(running.listening);
  if (warning !== undefined) note(warning);
  // The link contains the token. It is printed for the user who starts the console, and goes nowhere else.
  if (options.json === true) print(JSON.stringify({ url: running.url }));
  else {
    print(`\n  Convoy is up: ${running.url}\n`);
    print('  Open the link to log in. Ctrl-C stops the console and every node it launched without --keep.\n');
  }
  const closePage = options.open === true ? await openPage(running.url, dataDir) : undefined;
  await Promise.all([running.closed, attach(attaching, { dataDir, signal: ending })]);
  closePage?.();
}

export function configureUp(command: Command): void {
  command
    .option('--port <port>', 'port of the page, 0 for any free one (CONVOY_PORT, else 4000)')
    .option('--host <address>', 'address to listen on (CONVOY_HOST, else 127.0.0.1)')
    .option(
      '--data-dir <folder>',
      'folder for cookie, token, store and audit log (CONVOY_DATA_DIR, else ~/.convoy)',
    )
    .option('--node-limit <count>', 'maximum number of launched nodes (CONVOY_NODE_LIMIT, else 12)')
    .option(
      '--log-limit <mb>',
      'how much of the log of each node is kept on disk, in MB (CONVOY_LOG_LIMIT, else 16)',
    )
    .option(
      '--simulate <platform>',
      'railway: simulate Railway with real nodes on this machine (CONVOY_SIMULATE)',
    )
    .option('--open', 'open the page in a browser (CONVOY_OPEN)')
    .option('--json', 'print the link as JSON');
  addStoreOptions(addFrontDoorOptions(command));
  addUpAttachOptions(command);
  addExamples(
    command,
    'convoy up',
    'convoy up --port 8080 --data-dir ./state',
    'convoy up --attach app@10.0.0.5 --cookie-file ~/prod.cookie',
    'convoy up --simulate railway',
    'convoy up --store-file ~/.convoy-store',
    'convoy up --trusted-proxy 127.0.0.1 --allowed-host console.example.com --base-path /convoy',
  );
  command.action((options: UpOptions) => guarded(options, () => runUp(options)));
}
