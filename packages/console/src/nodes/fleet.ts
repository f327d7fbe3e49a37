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
import { ConvoyError } from '@convoy/node';
import { ConsoleError, problemOf } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { LaunchedNodes, Place } from '../places/place.ts';
import type { PlaceRegistry } from '../places/place-registry.ts';
import type { LaunchRequest, LaunchView, PlaceRef, Problem, Step } from '../protocol/index.ts';
import { checkFreeName } from './free-name.ts';
import { LaunchTable } from './launch-table.ts';
import type { NodeRegistry } from './node-registry.ts';
import { NodeJoins } from './node-joins.ts';
import type { OwnNodes } from '../own-nodes.ts';

/** Options of `Fleet`. */
export interface FleetOptions {
  readonly own: OwnNodes;
  readonly places: PlaceRegistry;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Called when the console has changed the mesh, so that nodes are probed soon. */
  readonly onMeshChange: () => void;
}

/** A place whose nodes can be launched. */
type UpPlace = Place & { readonly provider: Provider };

/** The launched nodes of a console. */
export class Fleet implements LaunchedNodes {
  readonly #options: FleetOptions;
  readonly #launches = new LaunchTable();
  readonly #joins: NodeJoins;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#joins = new NodeJoins(options);
  }

  /** Ends what goes on in the background. */
  close(): void {
    this.#joins.close();
  }

  /** Starts a launch and resolves without waiting for it. Rejects with `ProviderError` if it cannot start. */
  async launch(request: LaunchRequest): Promise<LaunchView> {
    const { registry } = this.#options;
    const { kind, name, join, variables } = request;
    const place = this.#placeFor(request);
    const plan = await place.provider.plan({ kind, variables, name });
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
      place: refOf(place),
      join,
      at: Date.now(),
    });
    const { id } = view;
    const scope = this.#launchOf(plan.node, id);
    this.#options.faults.run(scope, () => this.#carryOut(place, plan, { id, join }));
    return view;
  }

  /** Adds a node that is already running to the launched ones. */
  adopt(place: Place, launched: LaunchedNode): void {
    const { registry, onMeshChange } = this.#options;
    const { name: node, kind } = launched;
    if (registry.find(node) !== undefined && registry.find(node)?.origin !== 'discovered') return;
    const at = Date.now();
    registry.dispatch({ kind: 'planned', node, nodeKind: kind, place: refOf(place), join: true, at });
    registry.dispatch({ kind: 'up', node, at });
    this.#watch(launched);
    this.#joins.add(node, place);
    onMeshChange();
  }

  /** Removes a node that its place has deleted. */
  remove(node: string): void {
    const { registry, onMeshChange } = this.#options;
    this.#joins.delete(node);
    registry.dispatch({ kind: 'removed', node });
    onMeshChange();
  }

  /** Removes the nodes of a place that has closed, so that new ones do not wait for them. */
  forgetPlace({ key }: PlaceRef): void {
    for (const { name, place } of this.#options.registry.views()) if (place.key === key) this.remove(name);
  }

  /** The launch with this id. */
  launchView(id: string): LaunchView | undefined {
    return this.#launches.find(id);
  }

  /** Stops a launched node, or cancels its launch, and removes it. Resolves when it has ended. Rejects with PROVIDER_NO_NODE. */
  async delete(name: string): Promise<void> {
    const provider = this.#providerOf(name);
    this.#joins.delete(name);
    this.#options.registry.dispatch({ kind: 'stopping', node: name });
    await provider.destroy(name);
    this.remove(name);
  }

  /** Has `name` connect to `peer`. Rejects with CONSOLE_PEER_REFUSED if that fails. */
  join(name: string, peer: string): Promise<void> {
    return this.#joins.connect(name, peer);
  }

  /** Has `name` end its connection with `peer`. */
  disconnect(name: string, peer: string): Promise<void> {
    return this.#joins.disconnect(name, peer);
  }

  /** The log of a launched node. Throws PROVIDER_NO_NODE for other nodes. */
  log(name: string): ProviderLog {
    const log = this.#providerOf(name).logs(name);
    if (log === undefined) throw notLaunched(name);
    return log;
  }

  /** The place that a request names. Throws PROVIDER_UNKNOWN or CONSOLE_BAD_REQUEST. */
  #placeFor({ place: asked, provider: former }: LaunchRequest): UpPlace {
    const key = asked?.key ?? former ?? 'local';
    if (former !== undefined && former !== key) {
      throw new ConsoleError('CONSOLE_BAD_REQUEST', `place is ${key}, but provider is ${former}`, {
        remedy: 'Leave provider out: it is the former name of place.key.',
      });
    }
    const { places } = this.#options;
    const place = places.find(key);
    if (place === undefined) {
      const open = places.all
        .filter(isUp)
        .map((one) => one.key)
        .join(', ');
      throw new ProviderError('PROVIDER_UNKNOWN', `no open place is named ${key}`, {
        remedy: `Open it first, or use one of: ${open}.`,
      });
    }
    if (asked?.kind !== undefined && asked.kind !== place.kind) {
      const message = `the kind of ${key} is ${place.kind}, not ${asked.kind}`;
      throw new ConsoleError('CONSOLE_BAD_REQUEST', message, {
        remedy: 'Leave the kind of the place out.',
      });
    }
    if (isUp(place)) return place;
    throw new ProviderError('PROVIDER_UNKNOWN', `${place.label} is not up`, {
      remedy: 'Wait until it is up, or open it again if that has failed.',
    });
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
        registry.dispatch({ kind: 'renamed', node: plan.node, to: node });
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
      const problem = exit.isDeliberate ? stopProblem(name, exit) : crashProblem(name, exit);
      registry.dispatch({ kind, node: name, problem, output: exit.lastOutput });
      onMeshChange();
    });
  }
}

function refOf({ key, kind }: Place): PlaceRef {
  return { key, kind };
}

function isUp(place: Place): place is UpPlace {
  return place.provider !== undefined;
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
