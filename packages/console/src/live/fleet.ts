/**
 * The nodes that this console launches: performs launches, joins new nodes to the others, detects crashes, deletes nodes.
 * Every change is dispatched to the node registry as an event. Access is checked elsewhere (api/, live-socket.ts).
 */

import { HostError } from '@convoy/cluster/ssh';
import {
  type LaunchedNode,
  type LaunchPlan,
  type NodeExit,
  type Provider,
  ProviderError,
  type ProviderLog,
} from '@convoy/cluster';
import { ConvoyError, parseNodeName } from '@convoy/node';
import { ConsoleError, problemOf } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { LaunchRequest, LaunchView, NodeView, Problem, Step } from '../protocol/index.ts';
import { checkFreeName } from './free-name.ts';
import { LateJoins } from './late-joins.ts';
import { LaunchTable } from './launch-table.ts';
import type { NodeRegistry } from './node-registry.ts';
import { connectAll, waitForPeers } from './joining.ts';
import { askToConnect, askToDisconnect, observeNode } from './node-rpc.ts';
import type { OwnNodes } from './own-nodes.ts';

/** Options of `Fleet`. */
export interface FleetOptions {
  readonly own: OwnNodes;
  /** Finds a provider by name. `local` always exists. */
  readonly providers: (name: string) => Provider | undefined;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Called when the console has changed the mesh, so that nodes are probed soon. */
  readonly onMeshChange: () => void;
}

/** How long a member may take to answer the console before a new node joins the others without it. */
const silenceMs = 1500;

/** The launched nodes of a console. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #launches = new LaunchTable();
  /** Names of the launched nodes that answered and join one another, in order, with the names of their providers. */
  readonly #members = new Map<string, string>();
  readonly #lateJoins: LateJoins;

  constructor(options: FleetOptions) {
    this.#options = options;
    const { registry, faults } = options;
    this.#lateJoins = new LateJoins({ registry, faults, connect: (node, peer) => this.join(node, peer) });
  }

  /** Ends what goes on in the background. */
  close(): void {
    this.#lateJoins.close();
  }

  /** Starts a launch and resolves without waiting for it. Rejects with `ProviderError` if it cannot start. */
  async launch(request: LaunchRequest): Promise<LaunchView> {
    const { registry } = this.#options;
    const { kind, name, join, variables } = request;
    const provider = this.#provider(request.provider ?? 'local');
    const plan = await provider.plan({ kind, variables, name });
    try {
      checkFreeName(registry, plan.node);
    } catch (error) {
      plan.release();
      throw error;
    }
    const view = this.#launches.open(plan.node, kind);
    registry.dispatch({
      kind: 'planned',
      node: plan.node,
      nodeKind: kind,
      provider: provider.name,
      join,
      at: Date.now(),
    });
    const { id } = view;
    const scope = this.#launchOf(plan.node, id);
    this.#options.faults.run(scope, () => this.#carryOut(provider, plan, { id, join }));
    return view;
  }

  /** Adds a node that is already running to the launched ones. */
  adopt(provider: Provider, launched: LaunchedNode): void {
    const { registry, onMeshChange } = this.#options;
    const { name: node, kind } = launched;
    if (registry.find(node) !== undefined && registry.find(node)?.origin !== 'discovered') return;
    const at = Date.now();
    registry.dispatch({ kind: 'planned', node, nodeKind: kind, provider: provider.name, join: true, at });
    registry.dispatch({ kind: 'up', node, at });
    this.#watch(launched);
    this.#members.set(node, provider.name);
    onMeshChange();
  }

  /** Forgets the members of a provider that has closed, so that new nodes do not wait for them. */
  forgetProvider(provider: string): void {
    for (const [name, at] of this.#members) if (at === provider) this.#members.delete(name);
  }

  /** The launch with this id. */
  launchView(id: string): LaunchView | undefined {
    return this.#launches.find(id);
  }

  /** Stops a launched node, or cancels its launch, and removes it. Resolves when it has ended. Rejects with PROVIDER_NO_NODE. */
  async delete(name: string): Promise<void> {
    const { registry, onMeshChange } = this.#options;
    const provider = this.#providerOf(name);
    this.#members.delete(name);
    registry.dispatch({ kind: 'stopping', node: name });
    await provider.destroy(name);
    registry.dispatch({ kind: 'removed', node: name });
    onMeshChange();
  }

  /** Has `name` connect to `peer`. Rejects with CONSOLE_PEER_REFUSED if that fails. */
  async join(name: string, peer: string): Promise<void> {
    const asked = this.#asked(name, peer);
    await this.#checkName(peer);
    await askToConnect(this.#options.own.of(name).node, asked, peer);
    this.#options.onMeshChange();
  }

  /** Has `name` end its connection with `peer`. */
  async disconnect(name: string, peer: string): Promise<void> {
    await askToDisconnect(this.#options.own.of(name).node, this.#asked(name, peer), peer);
    this.#options.onMeshChange();
  }

  /** The log of a launched node. Throws PROVIDER_NO_NODE for other nodes. */
  log(name: string): ProviderLog {
    const log = this.#providerOf(name).logs(name);
    if (log === undefined) throw notLaunched(name);
    return log;
  }

  #provider(name: string): Provider {
    const provider = this.#options.providers(name);
    if (provider !== undefined) return provider;
    throw new ProviderError('PROVIDER_UNKNOWN', `there is no provider named ${name}`, {
      remedy: name.startsWith('ssh:')
        ? 'Connect to the host first.'
        : 'Use local, a connected host, or an open Railway environment.',
    });
  }

  /** The provider that launched a node. Throws PROVIDER_NO_NODE. */
  #providerOf(node: string): Provider {
    const view = this.#options.registry.find(node);
    const provider = view === undefined ? undefined : this.#options.providers(view.provider);
    if (provider?.logs(node) === undefined) throw notLaunched(node);
    return provider;
  }

  async #carryOut(
    provider: Provider,
    plan: LaunchPlan,
    { id, join }: { id: string; join: boolean },
  ): Promise<void> {
    const { registry } = this.#options;
    let { node } = plan;
    const onStep = (step: Step): void => {
      this.#launches.setStep(id, step);
      registry.dispatch({ kind: 'step', node, step });
    };
    try {
      const launched = await provider.launch(plan, { onStep });
      // A platform may assign another host than was planned.
      if (launched.name !== node) {
        node = launched.name;
        registry.dispatch({ kind: 'renamed', node: plan.node, to: node });
        this.#launches.rename(id, node);
      }
      this.#watch(launched);
      const failures = join ? await this.#join(launched, { provider: provider.name, onStep }) : [];
      this.#noteUp(provider, launched);
      if (failures.length === 0) this.#launches.setReady(id);
      else this.#launches.setFailed(id, { problem: notJoined(node, failures) });
    } catch (error) {
      const known = fileProblem(error, 'the data directory');
      const problem = problemOf(known);
      const output = lastOutputOf(error);
      this.#launches.setFailed(id, { problem, lastOutput: output });
      if (!(known instanceof ConvoyError)) this.#options.faults.note(this.#launchOf(node, id), error);
      // A cancelled launch is being deleted and is not reported as failed.
      if (problem.code !== 'PROVIDER_CANCELLED') registry.dispatch({ kind: 'failed', node, problem, output });
    }
    this.#options.onMeshChange();
  }

  /** The scope of a launch. A fault after the node is up does not affect the node, which can still be deleted. */
  #launchOf(node: string, id: string): FaultScope {
    const { registry } = this.#options;
    const end = (error: unknown): void => {
      if (this.#launches.find(id)?.state !== 'running') return;
      const problem = problemOf(error);
      this.#launches.setFailed(id, { problem });
      registry.dispatch({ kind: 'failed', node, problem, output: [] });
    };
    return { kind: 'launch', name: `launch of ${node}`, end };
  }

  #noteUp(provider: Provider, { name, osPid }: LaunchedNode): void {
    const { registry } = this.#options;
    // The node may have ended, or been deleted, while it was joining.
    if (registry.find(name)?.status !== 'launching' || provider.logs(name) === undefined) return;
    registry.dispatch({ kind: 'up', node: name, at: Date.now(), osPid });
  }

  #watch({ name, exited }: LaunchedNode): void {
    const { registry, faults, onMeshChange } = this.#options;
    faults.run({ kind: 'launch', name: `watching ${name}` }, async () => {
      const exit = await exited;
      this.#members.delete(name);
      if (exit.expected) return;
      const kind = exit.isDeliberate ? 'stopped' : 'crashed';
      const problem = exit.isDeliberate ? stopProblem(name, exit) : crashProblem(name, exit);
      registry.dispatch({ kind, node: name, problem, output: exit.lastOutput });
      onMeshChange();
    });
  }

  /**
   * Connects a node to the members of its provider that came up before it. Later ones will connect to it. Resolves with the reasons why
   * it is not connected to all of those that answer.
   */
  async #join(
    { name, kind }: LaunchedNode,
    { provider, onStep }: { provider: string; onStep: (step: Step) => void },
  ): Promise<readonly string[]> {
    // Nodes on different hosts cannot reach one another.
    const others = [...this.#members].flatMap(([other, at]) => (at === provider ? [other] : []));
    this.#members.set(name, provider);
    const running = { name: 'join', label: 'Join the other nodes', startedAt: Date.now() };
    onStep({ ...running, state: 'running' });
    const { node } = this.#options.own.of(name);
    const asked = {
      name,
      kind,
      checkName: (other: string) => this.#checkName(other),
      isSilent: (other: string) => this.#isSilent(other),
    };
    const { failures, silent, detail } = findsOthers(provider)
      ? await waitForPeers(node, asked, others)
      : await connectAll(node, asked, others);
    onStep({ ...running, state: failures.length > 0 ? 'failed' : 'done', endedAt: Date.now(), detail });
    if (!findsOthers(provider)) for (const peer of silent) this.#lateJoins.add(name, peer);
    return failures;
  }

  /** Whether a member does not answer the console, as one that hangs. */
  async #isSilent(name: string): Promise<boolean> {
    const view = this.#options.registry.find(name);
    if (view === undefined || view.status === 'unreachable') return true;
    try {
      await observeNode(this.#options.own.of(name).node, view, silenceMs);
      return false;
    } catch {
      return true;
    }
  }

  /** Rejects with PROVIDER_NAME_TAKEN if the name of a launched node would lead its peers to another process. */
  async #checkName(node: string): Promise<void> {
    const provider = this.#options.providers(this.#options.registry.find(node)?.provider ?? '');
    await provider?.checkName?.(node);
  }

  /** The node to ask, after checking that it is up and that `peer` is another node. */
  #asked(name: string, peer: string): NodeView {
    const view = this.#options.registry.find(name);
    if (view === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node named ${name}`, {
        remedy: 'GET /api/nodes lists the nodes of this console.',
      });
    }
    if (view.status !== 'up') {
      throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${name} is ${view.status}`, {
        remedy: 'Wait until it is up, or look at its log.',
      });
    }
    if (parseNodeName(peer) !== undefined && peer !== name) return view;
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${peer} is not the name of another node`, {
      remedy: 'Give the full name of another node, e.g. ts-1@127.0.0.1.',
    });
  }
}

/** Whether nodes of this provider discover each other, so that the console does not have to connect them. */
function findsOthers(provider: string): boolean {
  return provider.startsWith('railway:');
}

function lastOutputOf(error: unknown): readonly string[] {
  return error instanceof ProviderError || error instanceof HostError ? error.lastOutput : [];
}

function notJoined(node: string, failures: readonly string[]): Problem {
  return problemOf(
    new ConsoleError(
      'CONSOLE_NOT_JOINED',
      `${node} is up, but has not joined all other nodes: ${failures.join('; ')}`,
      {
        remedy: 'Connect them once the cause is gone; the doctor finds it.',
      },
    ),
  );
}

function notLaunched(name: string): ProviderError {
  const remedy = 'Only nodes that this console launched have a log and can be deleted.';
  return new ProviderError('PROVIDER_NO_NODE', `${name} was not launched by this console`, {
    node: name,
    remedy,
  });
}

function howIt(exit: NodeExit): string {
  const code = exit.code === undefined ? (exit.reason ?? 'exit code ?') : `exit code ${exit.code}`;
  return exit.signal === undefined ? code : `signal ${exit.signal}`;
}

/** A node that was stopped on purpose, but not by this console. */
function stopProblem(name: string, exit: NodeExit): Problem {
  return {
    code: 'NODE_STOPPED',
    message: `${name} was stopped (${howIt(exit)})`,
    remedy: 'It was stopped from outside of this console or by its own code. Launch it again, or delete it.',
  };
}

function crashProblem(name: string, exit: NodeExit): Problem {
  return {
    code: 'NODE_CRASHED',
    message: `${name} ended unexpectedly (${howIt(exit)})`,
    remedy: 'Its last lines of output may show the cause. Delete it and launch it again.',
  };
}
