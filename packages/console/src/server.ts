/** Starts a console: composes its parts, in an order in which each can be undone when the next fails, and closes them. */

import { existsSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalProvider, type LaunchedNode, type Provider } from '@convoy/cluster';
import type { RailwayProvider } from '@convoy/cluster/railway';
import { pino } from 'pino';
import { createApplication } from './api/application.ts';
import { AuditLog } from './audit/audit-log.ts';
import { Doctor } from './live/doctor.ts';
import { Fleet } from './live/fleet.ts';
import { Hub } from './live/hub.ts';
import type { LiveContext, Logger } from './live/live-context.ts';
import { NodeBoard } from './live/node-board.ts';
import { Poller } from './live/poller.ts';
import { RailwayPlaces, type RailwaySettings } from './live/railway-places.ts';
import { ShellHost } from './live/shell-host.ts';
import { SshHosts } from './live/ssh-hosts.ts';
import { Faults } from './fault-boundary.ts';
import { fileProblem } from './file-problem.ts';
import type { ConsoleInfo } from './protocol/index.ts';
import { ConnectionGuard } from './server/connection-guard.ts';
import { DataDirectory } from './server/data-directory.ts';
import { type FrontDoorOptions, openFrontDoor, readDoorRules } from './server/front-door.ts';
import { closeServer, listen, serve } from './server/http-listener.ts';
import { LinkStore } from './server/link-store.ts';
import { type LocalNode, pingNode, startOwnNode } from './server/own-node.ts';
import { OwnNodePool } from './server/own-node-pool.ts';

const version = '0.1.0';

export interface ConsoleOptions extends FrontDoorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 4000; 0 for any free port. */
  readonly port?: number;
  /** Folder for cookie, token, audit; made with mode 0700 when it is not there. One console at a time. */
  readonly dataDir: string;
  /** Most nodes launched at a time. Default 12. */
  readonly nodeLimit?: number;
  /** How to run the `convoy` command for TypeScript nodes, program first. */
  readonly convoyCommand: readonly string[];
  /** Folder of the built page. Default: the one that comes with this package or lies beside it. */
  readonly webRoot?: string;
  /** Default: warnings and errors as JSON lines on standard error. */
  readonly logger?: Logger;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly epmdPort?: number;
  /** What it is told about Railway: a simulator, a token of its own. */
  readonly railway?: RailwaySettings;
  /** Starts a Railway of one's own, once the data directory is ours; `folder` is in it. Used in place of `railway`. */
  readonly simulateRailway?: ((folder: string) => Promise<RailwaySimulation>) | undefined;
  /** Environment of launched nodes, and where programs are looked for. Default: our own. */
  readonly env?: NodeJS.ProcessEnv;
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

type Undo = () => Promise<void> | void;

/**
 * Starts a console. Rejects with `ConsoleError` CONSOLE_ALREADY_RUNNING, CONSOLE_LISTEN_FAILED, CONSOLE_STORAGE_FAILED or
 * CONSOLE_BAD_OPTION, or what starting a node rejects with; nothing is left running then.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const undo: Undo[] = [];
  try {
    return await assemble(options, undo);
  } catch (error) {
    await undoAll(undo);
    throw fileProblem(error, options.dataDir);
  }
}

/** A step that fails does not keep the others from being undone; the first failure is thrown at the end. */
async function undoAll(undo: Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function assemble(options: ConsoleOptions, undo: Undo[]): Promise<RunningConsole> {
  const { host = '127.0.0.1', port = 4000 } = options;
  const rules = readDoorRules(options);
  const logger = options.logger ?? standardErrorLog();
  const directory = DataDirectory.open(options.dataDir);
  undo.push(() => directory.release());
  const faults = new Faults(logger);
  const listener = await listen(host, port);
  undo.push(() => closeServer(listener.server));
  const audit = new AuditLog(directory.auditFile);
  undo.push(() => audit.close());
  audit.subscribe((failure) => {
    if (failure === undefined) logger.warn({}, 'the audit log can be written again');
    else logger.error({ ...failure }, 'the audit log cannot be written');
  });
  const simulation = await options.simulateRailway?.(join(directory.path, 'simulator'));
  if (simulation !== undefined) undo.push(() => simulation.close());
  const railway = simulation?.settings ?? options.railway ?? {};
  const links = new LinkStore(join(directory.path, 'links.json'));
  if (links.isReset)
    logger.warn({ file: links.file }, 'the file of known nodes could not be read and was reset');
  const own = await startOwnNode(links.nodeName, options.epmdPort);
  undo.push(() => own.node.close());
  const pool = new OwnNodePool(own, { cookie: directory.cookie, epmdPort: own.epmdPort });
  undo.push(() => pool.close());
  const provider = localProvider(options, { own, directory });
  undo.push(() => provider.close());

  const door = openFrontDoor(rules, { host, port: listener.port, directory, audit, logger });
  const { gatekeeper, cookieName, basePath } = door;
  undo.push(() => door.close());
  const info = infoOf({ host, own, provider, nodeLimit: options.nodeLimit ?? 12 });
  const nodeLimit = options.nodeLimit ?? 12;
  const shared = { gatekeeper, audit, faults, logger, info };
  const parts = { own, pool, provider, nodeLimit, cookie: directory.cookie, links };
  const { env = process.env } = options;
  const { context, hub, stop } = liveParts({ ...parts, ...shared, railway, env, basePath });
  undo.push(stop);
  const webRoot = options.webRoot ?? findWebRoot();
  const connections = new ConnectionGuard();
  const trustConnection = (connection: Socket): void => connections.trust(connection);
  const app = createApplication({ ...context, cookieName, webRoot, basePath, trustConnection });
  serve(listener.server, { app, hub, faults, connections });
  context.hosts.reopen();

  directory.announce(door.url);
  logger.info({ node: own.node.name, epmd: own.epmd, url: door.url }, 'the console is up');
  const { address } = listener.server.address() as AddressInfo;
  const contain = (error: unknown): boolean => {
    if (faults.contain(error)) return true;
    audit.sync();
    logger.error({ err: error }, 'an internal error of the console itself');
    return false;
  };
  return closable({ url: door.link, listening: { address, port: listener.port }, contain }, undo);
}

function closable(
  parts: Pick<RunningConsole, 'url' | 'listening' | 'contain'>,
  undo: Undo[],
): RunningConsole {
  let closing: Promise<void> | undefined;
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  // Whoever calls close() hears of a failure there.
  closed.catch(() => undefined);
  const close = (): Promise<void> => {
    closing ??= undoAll(undo);
    closing.then(resolve, reject);
    return closing;
  };
  return { ...parts, close, closed };
}

function localProvider(
  options: ConsoleOptions,
  { own, directory }: { own: LocalNode; directory: DataDirectory },
): Provider {
  const { convoyCommand, nodeLimit, env } = options;
  return createLocalProvider({
    folder: directory.nodesFolder(),
    cookie: directory.cookie,
    epmdPort: own.epmdPort,
    convoyCommand,
    node: own.node,
    routes: own.routes,
    ping: (node, how) => pingNode(own.node, node, how),
    ...(nodeLimit === undefined ? {} : { nodeLimit }),
    ...(env === undefined ? {} : { env }),
  });
}

function infoOf(parts: {
  host: string;
  own: LocalNode;
  provider: Provider;
  nodeLimit: number;
}): () => Promise<ConsoleInfo> {
  const { host, own, provider, nodeLimit } = parts;
  return async () => ({
    version,
    node: own.node.name,
    host,
    epmd: own.epmd,
    epmdPort: own.epmdPort,
    nodeLimit,
    capabilities: await provider.capabilities(),
  });
}

function liveParts(
  parts: {
    own: LocalNode;
    pool: OwnNodePool;
    provider: Provider;
    nodeLimit: number;
    cookie: string;
    railway: RailwaySettings;
    env: NodeJS.ProcessEnv;
    basePath: string;
    links: LinkStore;
  } & Pick<LiveContext, 'gatekeeper' | 'audit' | 'faults' | 'logger' | 'info'>,
): { context: LiveContext; hub: Hub; stop: Undo } {
  const {
    own: local,
    pool: own,
    provider,
    nodeLimit,
    cookie,
    railway: settings,
    env,
    basePath,
    links,
    ...shared
  } = parts;
  const { faults } = shared;
  const board = new NodeBoard();
  const poller = new Poller({ own, board, faults });
  const onMeshChange = (): void => poller.poke();
  const onAdopted = (one: Provider, launched: LaunchedNode): void => fleet.adopt(one, launched);
  const place = { own, board, faults, nodeLimit, onMeshChange, onAdopted };
  const hosts = new SshHosts({ ...place, cookie, links, logger: shared.logger });
  const providers = (name: string): Provider | undefined =>
    name === provider.name ? provider : (hosts.provider(name) ?? railway.provider(name));
  const fleet = new Fleet({ own, providers, board, faults, onMeshChange });
  const onClosed = (name: string): void => fleet.leave(name);
  const railway = new RailwayPlaces({ ...place, settings, env, onClosed });
  const shells = new ShellHost({
    own,
    faults,
    onClosed: (shellId, reason) => hub.tellShellClosed(shellId, reason),
  });
  const railwayOf = (name: string): RailwayProvider | undefined =>
    railway.provider(board.find(name)?.provider ?? '');
  const doctor = new Doctor({ own, cookie, epmdPort: local.epmdPort, hosts, railwayOf });
  const context: LiveContext = { ...shared, board, fleet, hosts, railway, doctor, shells };
  const hub = new Hub(context, basePath);
  // A lost connection is often the first sign of a crash or a split mesh.
  const leaveNode = own.onNodeDown(() => poller.poke());
  const stop = async (): Promise<void> => {
    leaveNode();
    poller.close();
    hub.close();
    await shells.close();
    await Promise.all([hosts.closeAll(), railway.closeAll()]);
  };
  return { context, hub, stop };
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
