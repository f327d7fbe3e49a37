/**
 * The nodes that this console launches: performs launches, joins new nodes to the others, detects crashes, deletes nodes.
 * Every change is dispatched to the node registry as an event. Access is checked elsewhere (api/, live-socket.ts).
 */

import type { LaunchedNode, LaunchPlan, Provider, ProviderLog } from '@convoy/cluster';
import { ConvoyError } from '@convoy/node';
import { problemOf } from '../../errors.ts';
import { fileProblem } from '../../file-problem.ts';
import type { Faults, FaultScope } from '../../fault-boundary.ts';
import type { LaunchedAs, LaunchedNodes, Place } from '../../places/place.ts';
import type { PlaceRegistry, UpPlace } from '../../places/place-registry.ts';
import type { LaunchRequest, LaunchView, NodeView, PlaceRef, Step } from '../../protocol/index.ts';
import { checkFreeName } from '../free-name.ts';
import { finishRestart } from './interrupted-restarts.ts';
import { endProblem, lastOutputOf, notJoined, notLaunched } from './launch-problems.ts';
import { LaunchRequests } from './launch-requests.ts';
import { LaunchTable } from './launch-table.ts';
import type { NodeRegistry } from '../node-registry.ts';
import { NodeJoins } from './node-joins.ts';
import type { PendingRestarts } from './pending-restarts.ts';
import type { OwnNodes, VisitNode } from '../../own-nodes.ts';
import { hasEnded, Replacements } from './replacements.ts';

/** Options of `Fleet`. */
export interface FleetOptions {
  readonly own: OwnNodes;
  readonly visit: VisitNode;
  readonly places: PlaceRegistry;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  readonly pending: PendingRestarts;
  /** Called when the console has changed the mesh, at one node if that is given, so that nodes are probed soon. */
  readonly onMeshChange: (node?: string) => void;
  /**
   * Called before a node is launched, also again, and before it gets another name than was planned: what is known under this
   * name is not about it.
   */
  readonly onLaunch: (node: string) => void;
}

/** The launched nodes of a console. */
export class Fleet implements LaunchedNodes {
  readonly #options: FleetOptions;
  readonly #launches = new LaunchTable();
  readonly #requests = new LaunchRequests();
  readonly #joins: NodeJoins;
  readonly #replacements: Replacements;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#joins = new NodeJoins(options);
    this.#replacements = new Replacements({
      ...options,
      ...{ requests: this.#requests, launches: this.#launches, joins: this.#joins },
      plan: (place, request, replaced) => this.#plan(place, request, replaced),
      start: (place, plan, request) => this.#start(place, plan, request),
      remove: (node) => this.remove(node),
    });
  }

  /** Ends what goes on in the background. */
  close(): void {
    this.#options.pending.close();
    this.#joins.close();
  }

  /** Starts a launch and resolves without waiting for it. Rejects with `ProviderError` if it cannot start. */
  async launch(request: LaunchRequest): Promise<LaunchView> {
    const place = this.#options.places.choose(request);
    return this.#start(place, await this.#plan(place, request), request);
  }

  /**
   * Launches a node that has ended again, as it was launched before, in place of what is left of it. Rejects as `launch` does,
   * and with PROVIDER_NO_NODE, CONSOLE_NODE_NOT_ENDED or CONSOLE_LAUNCH_UNKNOWN; the node then stays as it was.
   */
  relaunch(name: string): Promise<LaunchView> {
    return this.#replacements.relaunch(name);
  }

  /**
   * Restarts a node: stops it and launches it again as it was launched before, or has its place restart it. A node that has ended is only
   * launched again. Rejects with what `checkRestart` throws, before anything has changed, and as `launch` does: the node then stays in
   * the table as failed, to be launched again.
   */
  restart(name: string): Promise<LaunchView> {
    return this.#replacements.restart(name);
  }

  /**
   * Finishes the restarts that the console before has begun. `openPlace` resolves with the place once it is up and the nodes that run there
   * have been adopted.
   */
  async finishRestarts(openPlace: (key: string) => Promise<Place>): Promise<void> {
    const { registry, pending } = this.#options;
    const steps = {
      ...{ registry, pending, openPlace, requests: this.#requests },
      plan: (place: UpPlace, request: LaunchRequest, node: string) => this.#plan(place, request, node),
      start: (place: UpPlace, plan: LaunchPlan, request: LaunchRequest) => this.#start(place, plan, request),
      restart: (node: string) => this.restart(node),
      during: (node: string, work: () => Promise<void>) => this.#replacements.during(node, work),
    };
    await Promise.all(pending.interrupted.map((restart) => finishRestart(restart, steps)));
  }

  /** Throws PROVIDER_NO_NODE, CONSOLE_NODE_NOT_UP, CONSOLE_LAUNCH_UNKNOWN or PROVIDER_UNKNOWN if the node cannot be restarted. */
  checkRestart(name: string): void {
    this.#replacements.checkRestart(name);
  }

  /** Adds a node that is already running to the launched ones. */
  adopt(place: Place, launched: LaunchedNode, { join = true, keep }: LaunchedAs = {}): void {
    const { registry, onMeshChange } = this.#options;
    const { name: node, kind, osPid } = launched;
    if (registry.find(node) !== undefined && registry.find(node)?.origin !== 'discovered') return;
    const at = Date.now();
    registry.dispatch({ kind: 'planned', node, nodeKind: kind, place: refOf(place), join, keep, at });
    registry.dispatch({ kind: 'up', node, at, osPid });
    this.#watch(launched);
    if (join) this.#joins.add(node, place);
    onMeshChange();
  }

  /** Removes a node that its place has deleted. */
  remove(node: string): void {
    const { registry, onMeshChange } = this.#options;
    this.#joins.delete(node);
    this.#requests.forget(node);
    registry.dispatch({ kind: 'removed', node });
    onMeshChange();
  }

  /** Removes the nodes of a place that has closed, so that new ones do not wait for them. */
  forgetPlace({ key }: PlaceRef): void {
    for (const { id, origin, place } of this.#options.registry.views()) {
      // Members of an attached cluster go with their cluster.
      if (place.key === key && origin !== 'member') this.remove(id);
    }
  }

  /** The launch with this id. */
  launchView(id: string): LaunchView | undefined {
    return this.#launches.find(id);
  }

  /** Stops a launched node, or cancels its launch, and removes it. Resolves when it has ended. Rejects with PROVIDER_NO_NODE. */
  async delete(name: string): Promise<void> {
    if (this.#isForgotten(name)) return this.remove(name);
    const provider = this.#providerOf(name);
    this.#joins.delete(name);
    this.#options.registry.dispatch({ kind: 'stopping', node: name });
    await provider.destroy(name);
    this.remove(name);
  }

  /** Throws PROVIDER_NO_NODE unless this console launched the node. */
  checkLaunched(name: string): void {
    if (!this.#isForgotten(name)) this.#providerOf(name);
  }

  /** Has a node connect to a peer. Rejects with CONSOLE_PEER_REFUSED if that fails. */
  join(id: string, peer: string): Promise<void> {
    return this.#joins.connect(id, peer);
  }

  /** Has a node end its connection with a peer. */
  disconnect(id: string, peer: string): Promise<void> {
    return this.#joins.disconnect(id, peer);
  }

  /** A node and the name of a peer, checked as `disconnect` does. */
  pair(id: string, peer: string): { readonly asked: NodeView; readonly name: string } {
    return this.#joins.pair(id, peer);
  }

  /** The output of a launched node; `undefined` for other nodes. */
  outputOf(name: string): ProviderLog | undefined {
    const { places, registry } = this.#options;
    const view = registry.find(name);
    return view === undefined ? undefined : places.find(view.place.key)?.provider?.logs(name);
  }

  /** Plans a launch; its name is free, or that of the node that it replaces. */
  async #plan(place: UpPlace, request: LaunchRequest, replaced?: string): Promise<LaunchPlan> {
    const { kind, variables, name, join, keep, memoryMb, program } = request;
    const asked = { kind, variables, name, join, keep, memoryMb, program };
    const plan = await place.provider.plan(asked);
    try {
      if (plan.node !== replaced) checkFreeName(this.#options.registry, plan.node);
      return plan;
    } catch (error) {
      plan.release();
      throw error;
    }
  }

  #start(place: UpPlace, plan: LaunchPlan, request: LaunchRequest): LaunchView {
    const { registry, faults } = this.#options;
    const { node, kind: nodeKind } = plan;
    const { join, keep } = request;
    const view = this.#launches.open(node, nodeKind);
    this.#requests.keep(node, request);
    const planned = { node, nodeKind, place: refOf(place), join, keep };
    this.#options.onLaunch(node);
    registry.dispatch({ kind: 'planned', ...planned, at: Date.now() });
    const { id } = view;
    faults.run(this.#launchOf(node, id), () => this.#carryOut(place, plan, { id, join }));
    return view;
  }

  /** Whether the provider of a node that has ended has nothing of it: it was destroyed, and was not launched again, or not yet. */
  #isForgotten(name: string): boolean {
    const { places, registry } = this.#options;
    const view = registry.find(name);
    if (view?.origin !== 'launched' || !(hasEnded(view) || this.#replacements.has(name))) return false;
    return places.find(view.place.key)?.provider?.logs(name) === undefined;
  }

  /** The provider that launched a node. Throws PROVIDER_NO_NODE. */
  #providerOf(node: string): Provider {
    const view = this.#options.registry.find(node);
    const provider = view === undefined ? undefined : this.#options.places.find(view.place.key)?.provider;
    if (provider?.logs(node) === undefined) throw notLaunched(node);
    return provider;
  }

  async #carryOut(
    place: UpPlace,
    plan: LaunchPlan,
    { id, join }: { id: string; join: boolean },
  ): Promise<void> {
    const { registry } = this.#options;
    const { provider } = place;
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
        this.#options.onLaunch(node);
        registry.dispatch({ kind: 'renamed', node: plan.node, to: node });
        this.#requests.rename(plan.node, node);
        this.#launches.rename(id, node);
      }
      this.#watch(launched);
      const failures = join ? await this.#joins.joinOthers(launched, { place, onStep }) : [];
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
    await this.#options.pending.end(plan.node);
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
      this.#joins.delete(name);
      if (exit.expected) return;
      const kind = exit.isDeliberate ? 'stopped' : 'crashed';
      registry.dispatch({ kind, node: name, problem: endProblem(name, exit), output: exit.lastOutput });
      onMeshChange();
    });
  }
}

function refOf({ key, kind }: Place): PlaceRef {
  return { key, kind };
}
