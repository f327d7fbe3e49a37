/** Starts and closes a console: assembles its parts in order, so that each can be undone if a later one fails. */

import { existsSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHistory, type ShellHistory } from '@convoy/shell';
import { pino } from 'pino';
import { createApplication } from './api/application.ts';
import { AuditIndex } from './audit/audit-index.ts';
import { AuditLog } from './audit/audit-log.ts';
import { KnownClusters } from './clusters/known-clusters.ts';
import type { LiveContext, Logger } from './live/live-context.ts';
import type { RailwaySettings } from './places/railway/index.ts';
import { Faults } from './fault-boundary.ts';
import { fileProblem } from './file-problem.ts';
import { PendingRestarts } from './nodes/launched/pending-restarts.ts';
import type { ConsoleInfo } from './protocol/index.ts';
import { openSavedState, type SavedState } from './saved-state/open-saved-state.ts';
import { ConnectionGuard } from './server/connection-guard.ts';
import { DataDirectory } from './server/data-directory.ts';
import { type FrontDoorOptions, openFrontDoor, readDoorRules } from './server/front-door.ts';
import { closeServer, listen, serve } from './server/http-listener.ts';
import { createLiveParts } from './server/live-parts.ts';
import { describeConsole, startLocalCluster } from './server/local-cluster.ts';
import { UndoSteps } from './server/undo-steps.ts';
import { KeptShells } from './shells/kept-shells.ts';

const version = '0.1.0';
const defaultLogMb = 16;

/** Options of `startConsole`. */
export interface ConsoleOptions extends FrontDoorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to listen on; 0 for any free port. Default 4000. */
  readonly port?: number | undefined;
  /** Folder for cookie, token, store and audit log; created with mode 0700 if it does not exist. Only one console can use it at a time. */
  readonly dataDir: string;
  /**
   * Address of a store in PostgreSQL that several consoles share: `postgres://user:password@host:5432/database`. It is a secret. Needs the
   * package `pg`. Default: a file in the data directory.
   */
  readonly store?: string | undefined;
  /** Maximum number of launched nodes, per place. Default 12. */
  readonly nodeLimit?: number | undefined;
  /** Maximum size of the log of one node on disk, in MB. Default 16. */
  readonly logLimitMb?: number | undefined;
  /** Command line that runs `convoy`, for TypeScript nodes: the program, then its arguments. */
  readonly convoyCommand: readonly string[];
  /** Folder of the built page. Default: the one shipped with this package, or built beside it in the repository. */
  readonly webRoot?: string;
  /** Receives log entries. Default: a logger that writes warnings and errors to standard error as JSON lines. */
  readonly logger?: Logger;
  /** Port of EPMD. Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** Settings for Railway, for example a token. */
  readonly railway?: RailwaySettings;
  /** Starts a simulated Railway, which is used instead of `railway`. Called once the data directory is locked; `folder` is in it. */
  readonly simulateRailway?: ((folder: string) => Promise<RailwaySimulation>) | undefined;
  /** Environment for launched nodes and for finding programs. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A simulated platform that lives as long as the console. */
export interface RailwaySimulation {
  /** Settings by which the console uses it. */
  readonly settings: RailwaySettings;
  /** Called when the console closes. */
  close(): Promise<void>;
}

/** A running console. */
export interface RunningConsole {
  /** The link to open. It contains the token: show it only to people who may log in. */
  readonly url: string;
  /** The address and port that the console listens on, as reported by the system. */
  readonly listening: { readonly address: string; readonly port: number };
  /**
   * For uncaught errors (`uncaughtException`, `unhandledRejection`): ends the shell, socket or other part that the error
   * came from. Returns `false` if it came from the console itself. The audit log has then been flushed to disk; close the
   * console and end the process.
   */
  contain(error: unknown): boolean;
  /** Closes the shells, stops the nodes that were launched locally or by SSH and are not kept, and closes the console's own nodes. Takes less than five seconds. */
  close(): Promise<void>;
  /** Resolves when the console has closed. Rejects if closing failed. */
  readonly closed: Promise<void>;
}

/**
 * Starts a console. Rejects with `ConsoleError` CONSOLE_ALREADY_RUNNING, CONSOLE_LISTEN_FAILED, CONSOLE_STORAGE_FAILED,
 * CONSOLE_STORE_DAMAGED, CONSOLE_STORE_NEWER, CONSOLE_STORE_UNREACHABLE, CONSOLE_NO_STORE_DRIVER or CONSOLE_BAD_OPTION, or with the error
 * of starting a node. Nothing is left running in that case.
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
  const { path, token, sessionKey } = directory;
  const state = await openSavedState({ path, token, sessionKey, address: options.store, logger });
  undo.add(() => state.close());
  const auditIndex = openAuditIndex(audit, { file: directory.auditFile, state, logger });
  undo.add(() => auditIndex.close());
  const { convoyCommand, epmdPort } = options;
  const nodeName = state.identity.node;
  const saved = { nodeName, known: state.nodes };
  const clusterOptions = { directory, ...saved, convoyCommand, epmdPort, nodeLimit, env };
  const cluster = await startLocalCluster(clusterOptions, undo);

  const door = openFrontDoor(rules, { host, port: listener.port, directory, audit, state });
  undo.add(() => door.close());
  const { gatekeeper, cookieName, basePath } = door;
  const info = (): Promise<ConsoleInfo> => describeConsole(cluster, { version, host, nodeLimit });
  const { context, hub, resume, stop } = createLiveParts({
    cluster,
    shared: { gatekeeper, audit, auditIndex, faults, logger, info },
    nodeLimit,
    cookie: directory.cookie,
    links: state.nodes,
    clusters: await KnownClusters.load(state.clusters),
    restarts: await PendingRestarts.load({ records: state.pendingRestarts, logger }),
    sharing: { records: state.consoles, self: door.self },
    railway,
    env,
    basePath,
    history: openShellHistory(directory, logger),
    kept: await KeptShells.load({ records: state.openShells, logger }),
    logs: { folder: directory.logsFolder, maxBytes: (options.logLimitMb ?? defaultLogMb) * 1024 * 1024 },
  });
  undo.add(stop);
  const webRoot = options.webRoot ?? findWebRoot();
  const connections = new ConnectionGuard();
  const trustConnection = (connection: Socket): void => connections.trust(connection);
  const app = createApplication({ ...context, cookieName, webRoot, basePath, trustConnection });
  serve(listener.server, { app, hub, faults, connections });
  resume();

  directory.announce(door.url);
  logger.info({ node: nodeName, epmd: cluster.local.epmd, url: door.url }, 'the console is up');
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

function openAuditIndex(
  log: AuditLog,
  { file, state, logger }: { readonly file: string; readonly state: SavedState; readonly logger: Logger },
): AuditIndex {
  const onProblem = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    logger.warn({ why }, 'entries of the audit log cannot be searched yet');
  };
  return new AuditIndex({ log, file, records: state.audit, onProblem });
}

function openShellHistory(directory: DataDirectory, logger: Logger): ShellHistory {
  const onProblem = (err: unknown): void => logger.warn({ err }, 'the history of shells cannot be kept');
  return openHistory(directory.historyFolder, { onProblem });
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
  logger.error({ err: error }, 'an internal error outside of any request, shell or socket');
  return false;
}

function closable(
  parts: Pick<RunningConsole, 'url' | 'listening' | 'contain'>,
  undo: UndoSteps,
): RunningConsole {
  let closing: Promise<void> | undefined;
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  // A failure is reported to the caller of close().
  closed.catch(() => undefined);
  const close = (): Promise<void> => {
    closing ??= undo.run();
    closing.then(resolve, reject);
    return closing;
  };
  return { ...parts, close, closed };
}

/** Ignores write errors: a closed terminal, or a full disk behind standard error, must not end the console. */
function standardErrorLog(): Logger {
  const destination = pino.destination(2);
  destination.on('error', () => undefined);
  return pino({ level: 'warn' }, destination);
}

/** Finds the built page: `dist/web` in the published package, the neighbouring package in the repository. */
function findWebRoot(): string | undefined {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const places = [join(here, 'web'), join(here, '../../console-web/dist')];
  return places.find((place) => existsSync(join(place, 'index.html')));
}
