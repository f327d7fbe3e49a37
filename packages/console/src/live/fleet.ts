/**
 * The nodes this console launches: carries launches out, has new nodes join the others, watches for crashes, deletes.
 * What happens goes to the board as events. Who may ask for it is decided elsewhere (api/, live-socket.ts).
 */

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
import type { Faults, Thing } from '../fault-boundary.ts';
import type { LaunchRequest, LaunchView, NodeView, Problem, Step } from '../protocol/index.ts';
import { checkFreeName } from './free-name.ts';
import { LaunchTable } from './launch-table.ts';
import type { NodeBoard } from './node-board.ts';
import { connectAll, untilFound } from './joining.ts';
import { askToConnect, askToDisconnect } from './node-questions.ts';
import type { OwnNodes } from './own-nodes.ts';

export interface FleetOptions {
  readonly own: OwnNodes;
  /** By name; the first that is always there is `local`. */
  readonly providers: (name: string) => Provider | undefined;
  readonly board: NodeBoard;
  readonly faults: Faults;
  /** Called when the mesh has been changed on purpose: time for a look at the nodes. */
  readonly onMeshChange: () => void;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #launches = new LaunchTable();
  /** Launched nodes that answered and are to be connected with one another, with their providers, in order. */
  readonly #members = new Map<string, string>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Starts a launch and tells of it at once. Rejects with `ProviderError` when there is nothing to start. */
  async launch(request: LaunchRequest): Promise<LaunchView> {
    const { board } = this.#options;
    const { kind, name, join, variables } = request;
    const provider = this.#provider(request.provider ?? 'local');
    const plan = await provider.plan({ kind, variables, name });
    try {
      checkFreeName(board, plan.node);
    } catch (error) {
      plan.release();
      throw error;
    }
    const view = this.#launches.open(plan.node, kind);
    board.dispatch({
      kind: 'planned',
      node: plan.node,
      nodeKind: kind,
      provider: provider.name,
      join,
      at: Date.now(),
    });
    const { id } = view;
    const thing = this.#launchOf(plan.node, id);
    this.#options.faults.run(thing, () => this.#carryOut(provider, plan, { id, join }));
    return view;
  }

  /** Takes a node that runs already among those that were launched. */
  adopt(provider: Provider, launched: LaunchedNode): void {
    const { board, onMeshChange } = this.#options;
    const { name: node, kind } = launched;
    if (board.find(node) !== undefined && board.find(node)?.origin !== 'discovered') return;
    const at = Date.now();
    board.dispatch({ kind: 'planned', node, nodeKind: kind, provider: provider.name, join: true, at });
    board.dispatch({ kind: 'up', node, at });
    this.#watch(launched);
    this.#members.set(node, provider.name);
    onMeshChange();
  }

  /** Nodes of a provider that is gone are waited for by nobody. */
  leave(provider: string): void {
    for (const [name, at] of this.#members) if (at === provider) this.#members.delete(name);
  }

  launchView(id: string): LaunchView | undefined {
    return this.#launches.find(id);
  }

  /** Ends a launched node, or its launch, and forgets it. Resolves when it is gone. */
  async delete(name: string): Promise<void> {
    const { board, onMeshChange } = this.#options;
    const provider = this.#providerOf(name);
    this.#members.delete(name);
    board.dispatch({ kind: 'stopping', node: name });
    await provider.destroy(name);
    board.dispatch({ kind: 'removed', node: name });
    onMeshChange();
  }

  /** Has `name` connect to `peer`. Throws CONSOLE_PEER_REFUSED when it could not. */
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

  /** What a launched node printed. Throws PROVIDER_NO_NODE when it was not launched here. */
  log(name: string): ProviderLog {
    const log = this.#providerOf(name).logs(name);
    if (log === undefined) throw notLaunched(name);
    return log;
  }

  #provider(name: string): Provider {
    const provider = this.#options.providers(name);
    if (provider !== undefined) return provider;
    throw new ProviderError('PROVIDER_UNAVAILABLE', `there is no provider ${name}`, {
      remedy: name.startsWith('ssh:')
        ? 'Connect to the host first.'
        : 'Use local, a host that is connected, or an environment of Railway that is open.',
    });
  }

  /** The provider that launched a node. Throws PROVIDER_NO_NODE. */
  #providerOf(node: string): Provider {
    const view = this.#options.board.find(node);
    const provider = view === undefined ? undefined : this.#options.providers(view.provider);
    if (provider?.logs(node) === undefined) throw notLaunched(node);
    return provider;
  }

  async #carryOut(
    provider: Provider,
    plan: LaunchPlan,
    { id, join }: { id: string; join: boolean },
  ): Promise<void> {
    const { board } = this.#options;
    let { node } = plan;
    const onStep = (step: Step): void => {
      this.#launches.setStep(id, step);
      board.dispatch({ kind: 'step', node, step });
    };
    try {
      const launched = await provider.launch(plan, { onStep });
      // A platform may give it another host than was planned.
      if (launched.name !== node) {
        node = launched.name;
        board.dispatch({ kind: 'renamed', node: plan.node, to: node });
        this.#launches.rename(id, node);
      }
      this.#watch(launched);
      if (join) await this.#join(launched, { provider: provider.name, onStep });
      this.#noteUp(provider, launched);
      this.#launches.setReady(id);
    } catch (error) {
      const known = fileProblem(error, 'the data directory');
      const problem = problemOf(known);
      const output = error instanceof ProviderError ? error.lastOutput : [];
      this.#launches.setFailed(id, problem);
      if (!(known instanceof ConvoyError)) this.#options.faults.note(this.#launchOf(node, id), error);
      // A cancelled one is being deleted; it does not fail on its way out.
      if (problem.code !== 'PROVIDER_CANCELLED') board.dispatch({ kind: 'failed', node, problem, output });
    }
    this.#options.onMeshChange();
  }

  /** A fault after the node is up leaves the node alone: what watched it has ended, and it can still be deleted. */
  #launchOf(node: string, id: string): Thing {
    const { board } = this.#options;
    const end = (error: unknown): void => {
      if (this.#launches.find(id)?.state !== 'running') return;
      const problem = problemOf(error);
      this.#launches.setFailed(id, problem);
      board.dispatch({ kind: 'failed', node, problem, output: [] });
    };
    return { kind: 'launch', name: `launch of ${node}`, end };
  }

  #noteUp(provider: Provider, { name, osPid }: LaunchedNode): void {
    const { board } = this.#options;
    // It may have ended, or been deleted, while it was joining.
    if (board.find(name)?.status !== 'launching' || provider.logs(name) === undefined) return;
    board.dispatch({ kind: 'up', node: name, at: Date.now(), ...(osPid === undefined ? {} : { osPid }) });
  }

  #watch({ name, exited }: LaunchedNode): void {
    const { board, faults, onMeshChange } = this.#options;
    faults.run({ kind: 'launch', name: `watching ${name}` }, async () => {
      const exit = await exited;
      this.#members.delete(name);
      if (exit.expected) return;
      const problem = crashProblem(name, exit);
      board.dispatch({ kind: 'crashed', node: name, problem, output: exit.lastOutput });
      onMeshChange();
    });
  }

  /** Has a node join every member of its provider that came up before it; those after it will join it. */
  async #join(
    { name, kind }: LaunchedNode,
    { provider, onStep }: { provider: string; onStep: (step: Step) => void },
  ): Promise<void> {
    // Nodes of different hosts do not reach one another.
    const others = [...this.#members].flatMap(([other, at]) => (at === provider ? [other] : []));
    this.#members.set(name, provider);
    const running = { name: 'join', label: 'Join the other nodes', startedAt: Date.now() };
    onStep({ ...running, state: 'running' });
    const { node } = this.#options.own.of(name);
    const asked = { name, kind, checkName: (other: string) => this.#checkName(other) };
    const { failures, detail } = findsOthers(provider)
      ? await untilFound(node, asked, others)
      : await connectAll(node, asked, others);
    onStep({ ...running, state: failures > 0 ? 'failed' : 'done', endedAt: Date.now(), detail });
  }

  /** Throws PROVIDER_NAME_TAKEN when the name of a launched node leads others to another process. */
  async #checkName(node: string): Promise<void> {
    const provider = this.#options.providers(this.#options.board.find(node)?.provider ?? '');
    await provider?.checkName?.(node);
  }

  /** The node to ask, once it is sure that asking makes sense. */
  #asked(name: string, peer: string): NodeView {
    const view = this.#options.board.find(name);
    if (view === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `no node named ${name} is known`, {
        remedy: '`convoy list` shows the nodes of this console.',
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

/** Whether nodes of this provider discover each other, so that nobody has to connect them. */
function findsOthers(provider: string): boolean {
  return provider.startsWith('railway:');
}

function notLaunched(name: string): ProviderError {
  const remedy = 'Only nodes that this console launched have a log here and can be deleted.';
  return new ProviderError('PROVIDER_NO_NODE', `${name} was not launched by this console`, {
    node: name,
    remedy,
  });
}

function crashProblem(name: string, exit: NodeExit): Problem {
  const code = exit.code === undefined ? (exit.reason ?? 'exit code ?') : `exit code ${exit.code}`;
  const how = exit.signal === undefined ? code : `signal ${exit.signal}`;
  return {
    code: 'NODE_CRASHED',
    message: `${name} ended by itself (${how})`,
    remedy: 'Its last lines of output may say why. Delete it and launch it again.',
  };
}
