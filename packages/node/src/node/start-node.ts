/**
 * A node of a cluster, as its users see it. Puts the parts together and decides nothing: processes and connections are
 * node-runtime.ts's, how it is found name-service.ts's, remote calls those of rpc.ts and gen-client.ts.
 */
import type { Pid, Reference, Term } from '../etf/index.ts';
import { NodeError } from '../errors.ts';
import type { PeerInfo } from '../net/connection.ts';
import type { Listener } from '../net/transport.ts';
import type { MonitorTarget, ProcessFunction, ServerCallbacks, SpawnOptions } from '../process/process.ts';
import type { Destination } from '../process/router.ts';
import type { ExposedFunction, ExposedFunctionWithContext } from './calls/exposed-functions.ts';
import { type CallOptions, GenClient } from './gen-client.ts';
import { openListener } from './open-listener.ts';
import { NameService } from './name-service.ts';
import type {
  ConnectOptions,
  NodeDownListener,
  NodeKind,
  NodeUpListener,
  SendOptions,
} from './runtime/node-core.ts';
import { type NodeOptions, type NodeSettings, settleOptions } from './options/node-options.ts';
import { NodeRuntime } from './runtime/node-runtime.ts';
import type { RpcOptions } from './calls/rpc.ts';
import { runCallbacks, runExposed, runFunction, type RunWork } from './options/run-work.ts';
import { startSystemProcesses, type SystemProcesses } from './system-processes.ts';

/**
 * Starts a node: listens, makes its name known and serves what other nodes expect of one.
 *
 * Throws `NodeError` (NODE_BAD_..., NODE_NAME_TAKEN, NODE_LISTEN_FAILED) or `EpmdError`.
 *
 * @example
 * await using node = await startNode({ name: 'web@127.0.0.1', cookie: process.env.COOKIE });
 * await node.connect('app@127.0.0.1');
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  options.signal?.throwIfAborted();
  const settings = settleOptions(options);
  const names = new NameService(settings);
  const runtime = new NodeRuntime(settings, names.resolver);
  const system = startSystemProcesses(runtime);
  const parts: NodeParts = { runtime, names, system, runWork: options.runWork, listener: undefined };
  runtime.defaultGroupLeader = parts.system.ioServer;
  try {
    if (settings.listen !== undefined)
      parts.listener = await openAndRegister(parts, settings, options.signal);
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
  const node = new Node(parts);
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
  listener: Listener | undefined;
}

/** A running node. Made by `startNode`. */
export class Node implements AsyncDisposable {
  readonly #parts: NodeParts;
  readonly #runtime: NodeRuntime;
  readonly #genClient: GenClient;
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  #closing: Promise<void> | undefined;

  /** @internal Use `startNode`. */
  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#runtime = parts.runtime;
    this.#genClient = new GenClient(parts.runtime);
  }

  /** Full name, `name@host`. */
  get name(): string {
    return this.#runtime.name;
  }
  /** Tells this incarnation of the node from earlier ones of the same name. */
  get creation(): number {
    return this.#runtime.creation;
  }
  get hidden(): boolean {
    return this.#runtime.hidden;
  }
  /** Whether messages of one peer cannot cause anything at another; see `NodeOptions`. */
  get isolated(): boolean {
    return this.#runtime.isIsolated;
  }
  /** Where it listens; `undefined` when it does not. */
  get port(): number | undefined {
    return this.#parts.listener?.port;
  }
  /** The node's own process: the sender of messages that name no other. */
  get pid(): Pid {
    return this.#runtime.pid;
  }
  /** Settles when the node has been closed, by whatever. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Connects to a peer; resolves at once when connected already. Sending does this by itself, but only here is the
   * reason of a failure told: `ConnectionError`, `HandshakeError`, `EpmdError`, or the signal's reason.
   */
  connect(peer: string, options?: ConnectOptions): Promise<void> {
    return this.#runtime.connect(peer, options);
  }
  /** Ends the connection, or the attempt at one. `false` when there is none. */
  disconnect(peer: string): boolean {
    return this.#runtime.disconnect(peer);
  }
  /** Names of other nodes; default `visible`, as `nodes()` in Erlang. */
  list(kind: NodeKind = 'visible'): string[] {
    return this.#runtime.list(kind);
  }
  /**
   * The cookie to use with one peer, in both directions, instead of the node's own, as `erlang:set_cookie/2` does;
   * `undefined` takes it back. A connection that is up stays. Throws `NodeError` NODE_BAD_COOKIE.
   */
  setCookie(peer: string, cookie: string | undefined): void {
    this.#runtime.setCookie(peer, cookie);
  }
  /**
   * Keeps room for a node that is about to be started on this machine, where this node runs the machine's EPMD: others
   * cannot take all the names there are before it has its own. Ends when the function it returns is called. `name` is the
   * part before the `@`.
   */
  reserveName(name: string): () => void {
    return this.#parts.names.reserve(name);
  }
  /** What is known of a connected peer. */
  peer(name: string): PeerInfo | undefined {
    return this.#runtime.peer(name);
  }
  /** Returns what removes the listener. */
  onNodeUp(listener: NodeUpListener): () => void {
    return this.#runtime.onNodeUp(listener);
  }
  /** Returns what removes the listener. */
  onNodeDown(listener: NodeDownListener): () => void {
    return this.#runtime.onNodeDown(listener);
  }

  /** Runs a function as a process. It starts in a later microtask. `NodeError` PROCESS_LIMIT, PROCESS_NAME_TAKEN. */
  spawn(body: ProcessFunction, options?: SpawnOptions): Pid {
    return this.#runtime.spawn(runFunction(this.#parts.runWork, body, options?.name), options);
  }
  /** Starts a process that is called for each message. */
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid {
    return this.#runtime.spawnServer(runCallbacks(this.#parts.runWork, callbacks, options?.name), options);
  }
  /** Gives a local process a name. `NodeError` PROCESS_NAME_TAKEN, PROCESS_DEAD. */
  register(name: string, pid: Pid): void {
    this.#runtime.register(name, pid);
  }
  /** `false` when nobody had the name. */
  unregister(name: string): boolean {
    return this.#runtime.unregister(name);
  }
  whereis(name: string): Pid | undefined {
    return this.#runtime.whereis(name);
  }
  /** The registered names, sorted. */
  registered(): string[] {
    return this.#runtime.registered();
  }
  /** Whether a process of this node lives. */
  isAlive(pid: Pid): boolean {
    return this.#runtime.isAlive(pid);
  }
  /** Sends an exit signal to a process of any node, as `exit(Pid, Reason)`. `atom('kill')` cannot be trapped. */
  exit(pid: Pid, reason: Term): void {
    this.#runtime.exit(pid, reason);
  }
  makeRef(): Reference {
    return this.#runtime.makeRef();
  }

  /**
   * Sends a message to a pid, a local name, a name on any node, or an alias. Connects where needed and keeps the order
   * of what is sent. What cannot be delivered is dropped, as in Erlang, and published on `convoy:message.dropped`.
   * Throws `EncodeError` when `message` is no term.
   */
  send(to: Destination, message: Term, options?: SendOptions): void {
    this.#runtime.send(to, message, options);
  }
  /**
   * Resolves when a peer takes more, at once while less than `limits.sendQueueHighWaterBytes` are queued for it. Await
   * it now and then in a loop that sends much: at `limits.maxSendQueueBytes` the connection is given up.
   */
  untilWritable(peer: string): Promise<void> {
    return this.#runtime.netKernel.untilWritable(peer);
  }
  /** `GenServer.call`. Throws `CallError` CALL_NOPROC, CALL_NODEDOWN, CALL_TIMEOUT, CALL_EXIT. */
  call(server: MonitorTarget, request: Term, options?: CallOptions): Promise<Term> {
    return this.#genClient.call(server, request, options);
  }
  /** `GenServer.cast`. */
  cast(server: MonitorTarget, request: Term): void {
    this.#genClient.cast(server, request);
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
  /** Has a function of another node run and does not wait for it, as `erpc:cast`. */
  // oxlint-disable-next-line max-params -- as rpc
  rpcCast(peer: string, module: string, functionName: string, args: readonly Term[]): void {
    this.#parts.system.rpc.cast(peer, { module, function: functionName, args });
  }
  /** Lets other nodes call functions by `rpc` and `erpc`; nothing else of this node can be. Returns what takes it back. */
  expose(module: string, functions: Readonly<Record<string, ExposedFunction>>): () => void {
    const { system, runWork } = this.#parts;
    return system.functions.expose(module, runExposed(runWork, module, functions));
  }
  /** As `expose`; each function gets a `CallContext` before the arguments. */
  exposeWithContext(
    module: string,
    functions: Readonly<Record<string, ExposedFunctionWithContext>>,
  ): () => void {
    const { system, runWork } = this.#parts;
    return system.functions.exposeWithContext(module, runExposed(runWork, module, functions));
  }

  /** Names registered by `global` in this cluster. Empty on a hidden node, which takes no part. */
  globalNames(): Term[] {
    return this.#parts.system.global?.names() ?? [];
  }
  globalWhereis(name: Term): Pid | undefined {
    return this.#parts.system.global?.whereis(name);
  }
  /** Registers a process on every node of the mesh; `false` when the name is taken. */
  globalRegister(name: Term, pid: Pid): Promise<boolean> {
    return this.#global().register(name, pid);
  }
  globalUnregister(name: Term): Promise<boolean> {
    return this.#global().unregister(name);
  }

  /** Ends the node: its processes are killed, peers told, its name given back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= closeParts(this.#parts).then(this.#closed.resolve, (error: unknown) => {
      this.#closed.resolve();
      throw error;
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #global(): NonNullable<SystemProcesses['global']> {
    const { global } = this.#parts.system;
    if (global !== undefined) return global;
    throw new NodeError('NODE_HIDDEN', `${this.name} is hidden and takes no part in global`, {
      remedy: 'Start it without `hidden`.',
    });
  }
}

async function openAndRegister(
  { runtime, names }: NodeParts,
  { listen, name }: NodeSettings,
  signal: AbortSignal | undefined,
): Promise<Listener> {
  const port = listen?.port ?? names.resolver.listenPort?.(name.full) ?? 0;
  const listener = await openListener(runtime.netKernel, listen?.host, port);
  try {
    await names.register(listener.port, signal);
    return listener;
  } catch (error) {
    await listener.close();
    throw error;
  }
}

async function closeParts({ runtime, names, listener }: NodeParts): Promise<void> {
  runtime.close();
  await listener?.close();
  await names.close();
}
