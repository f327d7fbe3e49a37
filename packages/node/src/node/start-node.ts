/**
 * The public `Node`. It only puts the parts together: processes and connections are in node-runtime.ts, discovery is in
 * name-service.ts, remote calls are in rpc.ts and gen-client.ts.
 */

import { waitForAbort } from '../async.ts';
import type { Pid, Term } from '../etf/index.ts';
import type { PeerInfo } from '../net/connection.ts';
import type { Listener } from '../net/transport.ts';
import type { NodeProcesses } from '../process/node-processes.ts';
import type {
  MonitorTarget,
  ProcessFunction,
  ServerCallbacks,
  SpawnOptions,
  WaitingSendOptions,
} from '../process/process.ts';
import type { Destination } from '../process/router.ts';
import type { ExposedFunction, ExposedFunctionWithContext } from './calls/exposed-functions.ts';
import { type CallOptions, GenClient } from './gen-client.ts';
import type { NodeGlobal } from './global/node-global.ts';
import type { ConnectOptions, NodeKind } from './runtime/connect-options.ts';
import { openListener } from './open-listener.ts';
import { splitNodeName } from '../names.ts';
import { askForName } from './name-request.ts';
import { NameService } from './name-service.ts';
import type { NodeDownListener, NodeUpListener, SendOptions } from './runtime/node-core.ts';
import {
  checkDrainTimeout,
  type NodeOptions,
  type NodeSettings,
  resolveOptions,
} from './options/node-options.ts';
import type { Cookie } from './options/cookie.ts';
import { NodeRuntime } from './runtime/node-runtime.ts';
import type { RpcOptions } from './calls/rpc.ts';
import type { SpawnedProcess, SpawnOnOptions } from './calls/spawn-client.ts';
import { runCallbacks, runExposed, runFunction, type RunWork } from './options/run-work.ts';
import { type ServerName, ServerNames } from './server-names.ts';
import { startSystemProcesses, type SystemProcesses } from './system-processes.ts';

/**
 * Starts a node: listens, registers its name and runs the system processes that other nodes expect.
 *
 * Throws `NodeError` (NODE_BAD_..., NODE_NAME_TAKEN, NODE_LISTEN_FAILED) or `EpmdError`.
 *
 * @example
 * const node = await startNode({ name: 'web@127.0.0.1', cookie: process.env.COOKIE ?? '' });
 * await node.connect('app@127.0.0.1');
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  options.signal?.throwIfAborted();
  const asked = resolveOptions(options);
  const { signal } = options;
  const names = new NameService(asked);
  const { resolver } = names;
  const named =
    asked.namedBy === undefined ? undefined : await askForName(asked.namedBy, asked, { resolver, signal });
  const settings = named === undefined ? asked : { ...asked, name: splitNodeName(named.given.name) };
  const runtime = new NodeRuntime(settings, resolver, named?.given.creation);
  const system = startSystemProcesses(runtime, settings);
  const { drainTimeoutMs } = settings;
  const { runWork } = options;
  const parts: NodeParts = { runtime, names, system, runWork, drainTimeoutMs, listener: undefined };
  runtime.processes.defaultGroupLeader = parts.system.ioServer;
  try {
    if (settings.listen !== undefined)
      parts.listener = await openAndRegister(parts, settings, options.signal);
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
  const node = new Node(parts);
  if (named !== undefined) {
    runtime.onNodeDown((peer) => void (peer === asked.namedBy && node.close({ timeoutMs: 0 })));
    runtime.connections.adopt(named.connection);
  }
  const onAbort = (): void => void node.close();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  void node.closed.then(() => options.signal?.removeEventListener('abort', onAbort));
  return node;
}

interface NodeParts {
  readonly runtime: NodeRuntime;
  readonly names: NameService;
  readonly system: SystemProcesses;
  readonly runWork: RunWork | undefined;
  readonly drainTimeoutMs: number;
  listener: Listener | undefined;
}

/** Options of `Node.close`. */
export interface CloseOptions {
  /** How long calls under way may take to finish, in milliseconds. Default: `drainTimeoutMs` of the node, 5000. */
  readonly timeoutMs?: number;
}

/** A running node, created by `startNode`. */
export class Node implements AsyncDisposable {
  /** The processes of this node: names, exits, references. Starting and registering them are methods of the node itself. */
  readonly processes: NodeProcesses;
  /** Names that hold in the whole mesh, as `global` of Erlang. */
  readonly global: NodeGlobal;
  readonly #parts: NodeParts;
  readonly #runtime: NodeRuntime;
  readonly #genClient: GenClient;
  readonly #serverNames: ServerNames;
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #hurry: AbortController = new AbortController();
  #closing: Promise<void> | undefined;

  /** @internal Use `startNode`. */
  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#runtime = parts.runtime;
    this.processes = parts.runtime.processes;
    this.global = parts.system.global;
    this.#genClient = new GenClient(parts.runtime);
    this.#serverNames = new ServerNames(parts.runtime, parts.system.global);
  }

  /** Full name, `name@host`. */
  get name(): string {
    return this.#runtime.name;
  }
  /** Distinguishes this incarnation of the node from earlier ones of the same name. */
  get creation(): number {
    return this.#runtime.creation;
  }
  /** Whether this is a hidden node; see `NodeOptions`. */
  get hidden(): boolean {
    return this.#runtime.hidden;
  }
  /** Whether messages from one peer cannot affect another; see `NodeOptions`. */
  get isolated(): boolean {
    return this.#runtime.isIsolated;
  }
  /** The port the node listens on; `undefined` when it does not listen. */
  get port(): number | undefined {
    return this.#parts.listener?.port;
  }
  /** The node's own process: the default sender of messages. */
  get pid(): Pid {
    return this.#runtime.pid;
  }
  /** Resolves when the node has closed, for any reason. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Connects to a peer; resolves immediately if already connected. Sending connects as well, but only this method reports
   * why it failed: it rejects with `ConnectionError`, `HandshakeError`, `EpmdError`, or the signal's reason.
   */
  connect(peer: string, options?: ConnectOptions): Promise<void> {
    return this.#runtime.connections.connect(peer, options);
  }
  /** Closes the connection to a peer, or aborts the attempt to connect. Returns `false` when there is neither. */
  disconnect(peer: string): boolean {
    return this.#runtime.connections.disconnect(peer);
  }
  /** Names of connected nodes; by default the visible ones, as `nodes()` in Erlang. */
  list(kind?: NodeKind): string[] {
    return this.#runtime.connections.list(kind);
  }
  /**
   * Sets the cookie for one peer, in both directions, as `erlang:set_cookie/2` does; `undefined` restores the node's own.
   * An existing connection stays up. Throws `NodeError` NODE_BAD_COOKIE.
   */
  setCookie(peer: string, cookie: Cookie | undefined): void {
    this.#runtime.setCookie(peer, cookie);
  }
  /**
   * Reserves the name of a node that is about to start on this machine, if this node runs the machine's EPMD: other nodes
   * cannot use up `limits.maxEpmdNames` before it has registered. Returns a function that ends the reservation. `name` is
   * the part before the `@`.
   */
  reserveName(name: string): () => void {
    return this.#parts.names.reserve(name);
  }
  /** Information about a connected peer; `undefined` when it is not connected. */
  peer(name: string): PeerInfo | undefined {
    return this.#runtime.connections.peer(name);
  }
  /** Calls `listener` for each node that connects. Returns a function that removes the listener. */
  onNodeUp(listener: NodeUpListener): () => void {
    return this.#runtime.onNodeUp(listener);
  }
  /** Calls `listener` for each node that disconnects. Returns a function that removes the listener. */
  onNodeDown(listener: NodeDownListener): () => void {
    return this.#runtime.onNodeDown(listener);
  }

  /** Runs a function as a process, starting in a later microtask. Throws `NodeError` PROCESS_LIMIT, PROCESS_NAME_TAKEN. */
  spawn(body: ProcessFunction, options?: SpawnOptions): Pid {
    return this.#runtime.processes.spawn(runFunction(this.#parts.runWork, body, options?.name), options);
  }
  /** Starts a process whose callbacks run for each message. Throws as `spawn` does. */
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid {
    return this.#runtime.processes.spawnServer(
      runCallbacks(this.#parts.runWork, callbacks, options?.name),
      options,
    );
  }
  /** Registers a local process under a name. Throws `NodeError` PROCESS_NAME_TAKEN, PROCESS_DEAD. */
  register(name: string, pid: Pid): void {
    this.#runtime.processes.register(name, pid);
  }
  /**
   * Sends a message to a pid, a local name, a name on any node, a global name, or an alias. Connects if needed and preserves the order
   * of messages. A message that cannot be delivered is dropped, as in Erlang, and published on `convoy:message.dropped`.
   * Throws `EncodeError` when `message` cannot be encoded as a term.
   */
  send(to: Destination | ServerName, message: Term, options?: SendOptions): void {
    const receiver = this.#serverNames.findReceiver(to);
    if (receiver !== undefined) this.#runtime.send(receiver, message, options);
  }
  /**
   * Sends a message once its node can take more: when at most `limits.sendQueueHighWaterBytes` are queued for it, or for the connection
   * that is being made. Messages that wait are sent in the order of the calls. Resolves when the message is queued; rejects with
   * `ConnectionError` if the connection ends before, with the signal's reason, or as `send` throws.
   */
  sendWhenWritable(
    to: Destination,
    message: Term,
    options: SendOptions & WaitingSendOptions = {},
  ): Promise<void> {
    const node = typeof to === 'string' ? this.name : to.node;
    const send = (): void => this.send(to, message, options);
    return this.#runtime.processes.sendWhenWritable(node, send, options.signal);
  }
  /**
   * Resolves when a peer can take more data: immediately while fewer than `limits.sendQueueHighWaterBytes` are queued for
   * it. Await this regularly in a loop that sends a lot: at `limits.maxSendQueueBytes` the connection is closed.
   */
  whenWritable(peer: string): Promise<void> {
    return this.#runtime.connections.whenWritable(peer);
  }
  /**
   * `GenServer.call`. Throws `CallError` CALL_NOPROC, CALL_NODEDOWN, CALL_TIMEOUT, CALL_EXIT.
   *
   * @example
   * await node.call({ name: 'counter', node: 'app@127.0.0.1' }, atom('next'));
   * await node.call({ global: atom('counter') }, atom('next'));
   */
  async call(server: MonitorTarget | ServerName, request: Term, options?: CallOptions): Promise<Term> {
    return await this.#genClient.call(this.#serverNames.find(server), request, options);
  }
  /** `GenServer.cast`. Whether it arrives is not reported. */
  cast(server: MonitorTarget | ServerName, request: Term): void {
    const receiver = this.#serverNames.findReceiver(server);
    if (receiver !== undefined) this.#genClient.cast(receiver, request);
  }

  /**
   * Calls a function of another node, as `erpc:call`. `module` is the atom's name: `lists`, `Elixir.Enum`. Throws
   * `RemoteError` when the function failed, `CallError` when no answer came.
   */
  // oxlint-disable-next-line max-params -- node, module, function, arguments: the order every Erlang user knows
  rpc(
    peer: string,
    module: string,
    functionName: string,
    args: readonly Term[],
    options?: RpcOptions,
  ): Promise<Term> {
    return this.#parts.system.rpc.call(peer, { module, function: functionName, args }, options);
  }
  /** Runs a function on another node without waiting for it, as `erpc:cast`. */
  // oxlint-disable-next-line max-params -- as rpc
  rpcCast(peer: string, module: string, functionName: string, args: readonly Term[]): void {
    this.#parts.system.rpc.cast(peer, { module, function: functionName, args });
  }
  /**
   * Starts a process that runs a function on another node, as `spawn_link` and `spawn_monitor` with a node. Resolves once it has started; a
   * function that does not exist ends it with `undef`. Throws `CallError` CALL_NODEDOWN, CALL_TIMEOUT, CALL_UNSUPPORTED,
   * CALL_SYSTEM_LIMIT or CALL_NOPROC.
   *
   * @example
   * const { pid, ended } = await node.spawnOn('app@127.0.0.1', 'timer', 'sleep', [1000], { monitor: true });
   * console.log(await ended); // normal
   */
  // oxlint-disable-next-line max-params -- as rpc
  spawnOn(
    peer: string,
    module: string,
    functionName: string,
    args: readonly Term[],
    options?: SpawnOnOptions,
  ): Promise<SpawnedProcess> {
    return this.#parts.system.spawns.spawn(peer, { module, function: functionName, args }, options);
  }
  /**
   * Lets other nodes call these functions by `rpc` and `erpc`. They can call no other function of this node, except
   * those by which Erlang's tools look at it (`beamTools`). Returns a function that undoes it.
   */
  expose(module: string, functions: Readonly<Record<string, ExposedFunction>>): () => void {
    const { system, runWork } = this.#parts;
    return system.functions.expose(module, runExposed(runWork, module, functions));
  }
  /** Like `expose`, but each function gets a `CallContext` before the arguments. */
  exposeWithContext(
    module: string,
    functions: Readonly<Record<string, ExposedFunctionWithContext>>,
  ): () => void {
    const { system, runWork } = this.#parts;
    return system.functions.exposeWithContext(module, runExposed(runWork, module, functions));
  }

  /** Whether `close` has been called. The node begins no more calls of other nodes. */
  get isClosing(): boolean {
    return this.#runtime.work.isClosing;
  }
  /** Makes `close` wait until `work` has settled, within its time limit. */
  delayClose(work: Promise<unknown>): void {
    const end = this.#runtime.work.begin();
    work.then(end, end);
  }
  /**
   * Stops the node. At once it unregisters its name and refuses connections and calls of other nodes. Calls under way may finish: functions of
   * `expose`, calls of gen servers and what `delayClose` was given. Then, or after the time limit, it kills its processes and closes its
   * connections. May be called again, with a shorter time limit too. Throws `NodeError` NODE_BAD_TIMEOUT.
   */
  close({ timeoutMs = this.#parts.drainTimeoutMs }: CloseOptions = {}): Promise<void> {
    checkDrainTimeout(timeoutMs);
    this.#closing ??= this.#close(timeoutMs).finally(this.#closed.resolve);
    if (Number.isFinite(timeoutMs)) this.#runtime.clock.after(timeoutMs, () => this.#hurry.abort());
    if (timeoutMs === 0) this.#hurry.abort();
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    const { runtime, listener, names } = this.#parts;
    const finished = runtime.work.drain();
    if (finished !== undefined && timeoutMs > 0) {
      const drained = Promise.allSettled([finished, listener?.close(), names.withdraw()]);
      // The answer to the last call is sent in the turn in which it ends.
      await Promise.race([drained.then(nextTurn), waitForAbort(this.#hurry.signal)]);
    }
    await closeParts(this.#parts);
  }

  /** Calls `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function openAndRegister(
  { runtime, names }: NodeParts,
  { listen, name }: NodeSettings,
  signal: AbortSignal | undefined,
): Promise<Listener> {
  const port = listen?.port ?? names.resolver.listenPort?.(name.full) ?? 0;
  const listener = await openListener(runtime.connections, listen?.host, port);
  try {
    await names.register(listener.port, signal);
    return listener;
  } catch (error) {
    await listener.close();
    throw error;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function closeParts({ runtime, names, listener }: NodeParts): Promise<void> {
  runtime.close();
  await listener?.close();
  await names.close();
}
