/** Starts a console: composes its parts, in an order in which each can be undone when the next fails, and closes them. */

import { existsSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createApplication } from './api/application.ts';
import { AuditLog } from './audit/audit-log.ts';
import type { LiveContext, Logger } from './live/live-context.ts';
import type { RailwaySettings } from './live/railway-places.ts';
import { Faults } from './fault-boundary.ts';
import { fileProblem } from './file-problem.ts';
import type { ConsoleInfo } from './protocol/index.ts';
import { ConnectionGuard } from './server/connection-guard.ts';
import { DataDirectory } from './server/data-directory.ts';
import { type FrontDoorOptions, openFrontDoor, readDoorRules } from './server/front-door.ts';
import { closeServer, listen, serve } from './server/http-listener.ts';
import { LinkStore } from './server/link-store.ts';
import { createLiveParts } from './server/live-parts.ts';
import { describeConsole, startLocalCluster } from './server/local-cluster.ts';
import { UndoSteps } from './server/undo-steps.ts';

const version = '0.1.0';

export interface ConsoleOptions extends FrontDoorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 4000; 0 for any free port. */
  readonly port?: number | undefined;
  /** Folder for cookie, token, audit; made with mode 0700 when it is not there. One console at a time. */
  readonly dataDir: string;
  /** Most nodes launched at a time. Default 12. */
  readonly nodeLimit?: number | undefined;
  /** How to run the `convoy` command for TypeScript nodes, program first. */
  readonly convoyCommand: readonly string[];
  /** Folder of the built page. Default: the one that comes with this package or lies beside it. */
  readonly webRoot?: string;
  /** Default: warnings and errors as JSON lines on standard error. */
  readonly logger?: Logger;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** What it is told about Railway: a simulator, a token of its own. */
  readonly railway?: RailwaySettings;
  /** Starts a Railway of one's own, once the data directory is ours; `folder` is in it. Used in place of `railway`. */
  readonly simulateRailway?: ((folder: string) => Promise<RailwaySimulation>) | undefined;
  /** Environment of launched nodes, and where programs are looked for. Default: our own. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A simulated platform that lives as long as the console. */
export interface RailwaySimulation {
  readonly settings: RailwaySettings;
  close(): Promise<void>;
}

export interface RunningConsole {
  /** The link to open, with the token. Print it to whoever may log in, and nowhere else. */
  readonly url: string;
  /** The address and port it listens on, as reported by the system. */
  readonly listening: { readonly address: string; readonly port: number };
  /**
   * For uncaught errors (`uncaughtException`, `unhandledRejection`): ends the shell, socket or other thing that it came from.
   * `false` when it came from the console itself; the audit log is on the disk then, and all that is left to do is to close
   * the console and end the process.
   */
  contain(error: unknown): boolean;
  /** Stops every node it launched, its shells and its own node. Takes less than five seconds. */
  close(): Promise<void>;
  /** Resolves when it is closed. */
  readonly closed: Promise<void>;
}

/**
 * Starts a console. Rejects with `ConsoleError` CONSOLE_ALREADY_RUNNING, CONSOLE_LISTEN_FAILED, CONSOLE_STORAGE_FAILED or
 * CONSOLE_BAD_OPTION, or what starting a node rejects with; nothing is left running then.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const undo = new UndoSteps();
  try {
    return await assemble(options, undo);
  } catch (error) {
    await undo.run();
    throw fileProblem(error, options.dataDir);
  }
}

async function assemble(options: ConsoleOptions, undo: UndoSteps): Promise<RunningConsole> {
  const { host = '127.0.0.1', port = 4000, nodeLimit = 12, env = process.env } = options;
  const rules = readDoorRules(options);
  const logger = options.logger ?? standardErrorLog();
  const directory = DataDirectory.open(options.dataDir);
  undo.add(() => directory.release());
  const faults = new Faults(logger);
  const listener = await listen(host, port);
  undo.add(() => closeServer(listener.server));
  const audit = openAudit(directory, logger);
  undo.add(() => audit.close());
  const railway = await railwaySettings(options, directory, undo);
  const links = openLinks(directory, logger);
  const { convoyCommand, epmdPort } = options;
  const clusterOptions = { directory, nodeName: links.nodeName, convoyCommand, epmdPort, nodeLimit, env };
  const cluster = await startLocalCluster(clusterOptions, undo);

  const door = openFrontDoor(rules, { host, port: listener.port, directory, audit, logger });
  undo.add(() => door.close());
  const { gatekeeper, cookieName, basePath } = door;
  const info = (): Promise<ConsoleInfo> => describeConsole(cluster, { version, host, nodeLimit });
  const { context, hub, stop } = createLiveParts({
    cluster,
    shared: { gatekeeper, audit, faults, logger, info },
    nodeLimit,
    cookie: directory.cookie,
    links,
    railway,
    env,
    basePath,
  });
  undo.add(stop);
  const webRoot = options.webRoot ?? findWebRoot();
  const connections = new ConnectionGuard();
  const trustConnection = (connection: Socket): void => connections.trust(connection);
  const app = createApplication({ ...context, cookieName, webRoot, basePath, trustConnection });
  serve(listener.server, { app, hub, faults, connections });
  context.hosts.reopen();

  directory.announce(door.url);
  const { node, epmd } = cluster.local;
  logger.info({ node: node.name, epmd, url: door.url }, 'the console is up');
  const { address } = listener.server.address() as AddressInfo;
  const listening = { address, port: listener.port };
  return closable({ url: door.link, listening, contain: (error) => contain(context, error) }, undo);
}

function openAudit(directory: DataDirectory, logger: Logger): AuditLog {
  const audit = new AuditLog(directory.auditFile);
  audit.subscribe((failure) => {
    if (failure === undefined) logger.warn({}, 'the audit log can be written again');
    else logger.error({ ...failure }, 'the audit log cannot be written');
  });
  return audit;
}

function openLinks(directory: DataDirectory, logger: Logger): LinkStore {
  const links = new LinkStore(join(directory.path, 'links.json'));
  if (links.isReset)
    logger.warn({ file: links.file }, 'the file of known nodes could not be read and was reset');
  return links;
}

async function railwaySettings(
  { railway = {}, simulateRailway }: ConsoleOptions,
  directory: DataDirectory,
  undo: UndoSteps,
): Promise<RailwaySettings> {
  const simulation = await simulateRailway?.(join(directory.path, 'simulator'));
  if (simulation === undefined) return railway;
  undo.add(() => simulation.close());
  return simulation.settings;
}

function contain({ faults, audit, logger }: LiveContext, error: unknown): boolean {
  if (faults.contain(error)) return true;
  audit.sync();
  logger.error({ err: error }, 'an internal error of the console itself');
  return false;
}

function closable(
  parts: Pick<RunningConsole, 'url' | 'listening' | 'contain'>,
  undo: UndoSteps,
): RunningConsole {
  let closing: Promise<void> | undefined;
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  // Whoever calls close() hears of a failure there.
  closed.catch(() => undefined);
  const close = (): Promise<void> => {
    closing ??= undo.run();
    closing.then(resolve, reject);
    return closing;
  };
  return { ...parts, close, closed };
}

/** A terminal that has gone or a full disk behind standard error must not end anything. */
function standardErrorLog(): Logger {
  const destination = pino.destination(2);
  destination.on('error', () => undefined);
  return pino({ level: 'warn' }, destination);
}

/** In the published package the page is in `dist/web`; in the repository it is built beside this package. */
function findWebRoot(): string | undefined {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const places = [join(here, 'web'), join(here, '../../console-web/dist')];
  return places.find((place) => existsSync(join(place, 'index.html')));
}
