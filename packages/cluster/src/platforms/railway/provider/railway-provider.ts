/**
 * Nodes as services of one Railway environment, one service per node.
 *
 * A launch creates a service from the image of the node's kind, with the variables that make it a node of the cluster and the
 * mark that identifies it as Convoy's. Railway builds and starts the service, which subscriptions follow. Its node name is what
 * Railway renders from `name@${{RAILWAY_PRIVATE_DOMAIN}}`. The local node dials it, and the launch is complete when it answers.
 * A failure or a cancel deletes the service, from this environment only.
 *
 * Running services survive `close()` unless `onClose` is `destroy`; their mark identifies them afterwards.
 */

import { randomBytes } from 'node:crypto';
import { abortable } from '@convoy/node/async';
import { ProviderError } from '../../../errors.ts';
import { NodeLog } from '../../../launch/node-log.ts';
import type { StepOutcome } from '../../../launch/step-recorder.ts';
import { orReason } from '../../../launch/launch-failures.ts';
import type { LaunchEntry, LaunchRun, NamesInUse, RunningNode } from '../../../launch/launch-platform.ts';
import { type Launches, launches } from '../../../launch/launches.ts';
import type { LaunchedNode, ProviderRequest } from '../../../launch/provider.ts';
import { explained } from '../deployments/provider-failures.ts';
import { capabilitiesOf, noImage } from './images.ts';
import { serviceRequest } from './service-request.ts';
import { callOptionsOf, makeService, type StepContext } from '../services/make-service.ts';
import { settleOptions, type SettledOptions } from './settled-options.ts';
import { type RailwayRoute, withRoute } from './reach.ts';
import { type MarkedNode, MarkedNodes, type RailwayNode } from '../services/marked-nodes.ts';
import type { RailwayControl, RailwayProvider, RailwayProviderOptions } from './options.ts';
import { checkedName, localPart, markOf, serviceNameFor } from '../services/service-names.ts';
import { ServiceNode } from './service-node.ts';

type Entry = LaunchEntry<ServiceNode>;

interface FoundNode extends RunningNode {
  readonly marked: MarkedNode;
}

const steps = [
  { name: 'create', label: 'Create the service' },
  { name: 'build', label: 'Build its image' },
  { name: 'deploy', label: 'Start its container' },
  { name: 'answer', label: 'Dial the node and wait for its answer' },
] as const;

/** Creates a provider; makes no request yet. Throws `RailwayError` RAILWAY_BAD_INPUT for options that Railway would refuse. */
export function createRailwayProvider(options: RailwayProviderOptions): RailwayProvider {
  const settled = settleOptions(options);
  const { images, nodeLimit, launchTimeoutMs, onClose } = settled;
  const services = new Services(settled);
  const nodes = launches<ServiceNode, FoundNode>({
    name: options.name ?? 'railway',
    capabilities: () => Promise.resolve(capabilitiesOf(images)),
    unavailable: noImage,
    check: checkRailwayRequest,
    plan: (entries) => services.namesInUse(entries),
    start: (entry, run) => services.start(entry, run),
    stop: async (entry) => {
      await entry.held?.remove();
      delete entry.held;
    },
    stopOther: (node) => services.remove(node),
    leave: async (entry) => {
      await entry.held?.leave();
      delete entry.held;
    },
    adopt: (entry, { marked }, signal) => services.adopt(entry, marked, signal),
    host: (name) => `${serviceNameFor(name)}.railway.internal`,
    steps,
    nodeLimit,
    launchTimeoutMs,
    limitRemedy: 'Delete a node, or create the provider with a larger nodeLimit.',
    onClose,
  });
  return Object.assign(nodes, {
    existing: (how: Cancellable = {}) => services.existing(how),
    adopt: (node: string, how: Cancellable = {}) => adoptOnce(nodes, services, { node, ...how }),
    examine: <Result>(node: string, probe: (route: RailwayRoute) => Promise<Result>) =>
      services.examine(node, probe),
    control: async (node: string, action: RailwayControl): Promise<void> => {
      const held = nodes.find(node)?.held ?? (await services.find(node));
      await held.control(action);
    },
  });
}

/** What a node runs is in its image, and what it may use is set on its service. Its nodes live on in any case. */
function checkRailwayRequest({ memoryMb, program }: ProviderRequest): void {
  const refuse = (message: string, remedy: string): never => {
    throw new ProviderError('PROVIDER_UNSUPPORTED', message, { remedy });
  };
  if (program !== undefined) {
    refuse(
      'nodes on Railway run what their image contains',
      'Launch it without a program, from another image.',
    );
  }
  if (memoryMb !== undefined) {
    refuse(
      'Convoy cannot limit the memory of nodes on Railway',
      'Launch it without a memory limit, and set the limit of its service on Railway.',
    );
  }
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** Adopts a node, unless it is launched or adopted already and has not ended. */
async function adoptOnce(
  nodes: Launches<ServiceNode, FoundNode>,
  services: Services,
  { node, signal }: Cancellable & { readonly node: string },
): Promise<LaunchedNode> {
  const known = nodes.find(node);
  if (known?.launch !== undefined && known.held?.hasEnded !== true) return known.launch;
  const marked = await services.findMarked(node, signal);
  const now = nodes.find(node);
  if (now !== known && now?.launch !== undefined) return now.launch;
  if (known !== undefined) await nodes.forget(known.node);
  return nodes.takeOver({ node, kind: marked.kind, marked }, { signal });
}

/** Creates, finds and removes the services of a cluster. */
class Services {
  readonly #options: SettledOptions;
  readonly #mark: string;
  readonly #marked: MarkedNodes;
  #cookie: Promise<string> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #listing: Promise<MarkedNode[]> | undefined;

  constructor(options: SettledOptions) {
    this.#options = options;
    this.#mark = markOf(options.cluster);
    this.#marked = new MarkedNodes(options.environment, this.#mark);
  }

  async namesInUse(entries: readonly Entry[]): Promise<NamesInUse> {
    const services = await explained(undefined, () => this.#marked.services());
    const own = new Set(
      entries.flatMap(({ node, held }) => [held?.serviceId, serviceNameFor(localPart(node))]),
    );
    const others = services.filter(({ serviceId, name }) => !own.has(serviceId) && !own.has(name));
    return { taken: services.map(({ name }) => name), others: others.length };
  }

  async existing({ signal }: Cancellable): Promise<RailwayNode[]> {
    const nodes = await explained(undefined, () => this.#marked.list({ signal }));
    return nodes.map(({ cookie: _secret, serviceInstanceId: _id, port: _port, ...node }) => node);
  }

  async examine<Result>(node: string, probe: (route: RailwayRoute) => Promise<Result>): Promise<Result> {
    const { serviceInstanceId, cookie = await this.#clusterCookie() } = await this.findMarked(node);
    const { reach, distPort } = this.#options;
    return withRoute(reach, { serviceInstanceId, port: distPort, cookie }, probe);
  }

  /** A node of the cluster that is not one of the provider's entries. */
  async find(node: string): Promise<ServiceNode> {
    return this.#serviceNode(await this.findMarked(node));
  }

  /** Removes a node of the cluster that is not one of the provider's entries. */
  async remove(node: string): Promise<void> {
    const marked = await this.findMarked(node);
    const serviceNode = this.#serviceNode(marked);
    if (marked.deploymentId !== undefined) serviceNode.follow(marked.deploymentId);
    await serviceNode.remove();
  }

  async start(entry: Entry, run: LaunchRun): Promise<LaunchedNode> {
    const { signal } = run;
    const step = <Result>(name: string, work: StepWork<Result>): Promise<Result> =>
      run.recorder.run(name, (report) =>
        orReason(entry, signal, () => explained(entry.node, () => work({ signal, report }))),
      );
    const created = await step('create', async (context) => {
      const serviceNode = await this.#inTurn(signal, () => this.#create(entry, context));
      entry.held = serviceNode;
      // A cancel in the meantime takes effect here, where there is a service to delete.
      signal.throwIfAborted();
      return { result: serviceNode, detail: `service ${serviceNode.serviceName}` };
    });
    await step('build', async (context) => {
      await created.deploy(context);
      return { result: undefined, detail: await created.waitForBuild(context) };
    });
    await step('deploy', async (context) => ({
      result: undefined,
      detail: await created.waitForStart(context),
    }));
    await step('answer', async (context) => {
      const { name, cookie } = await this.#marked.identify(created.serviceId, '', callOptionsOf(context));
      created.dialAs({
        name: checkedName(name, entry.node),
        cookie: cookie ?? (await this.#clusterCookie()),
      });
      run.alias(name);
      await created.waitForAnswer(context, this.#options.answerTimeoutMs);
      return { result: undefined, detail: `it answered as ${name}` };
    });
    return { name: created.name, kind: entry.kind, exited: created.exited };
  }

  /** Creates one node after another: each is given the names of those before it, or they would not find each other. */
  async #inTurn<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#lastTurn;
    const own = Promise.withResolvers<void>();
    this.#lastTurn = before.then(() => own.promise);
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      own.resolve();
    }
  }

  async #create(entry: Entry, context: StepContext): Promise<ServiceNode> {
    const { kind, log, variables } = entry;
    const name = localPart(entry.node);
    const cookie = await abortable(this.#clusterCookie(), context.signal);
    const others = (await this.#marked.list(callOptionsOf(context))).map((other) => other.name);
    const request = serviceRequest(this.#options, {
      name,
      kind,
      cookie,
      mark: this.#mark,
      others,
      variables,
    });
    const service = await makeService({
      environment: this.#options.environment,
      node: name,
      request,
      ...context,
    });
    return this.#serviceNode({ ...service, serviceName: service.name, name: entry.node }, log);
  }

  async adopt(entry: Entry, marked: MarkedNode, signal: AbortSignal): Promise<LaunchedNode> {
    const { name, kind, deploymentId } = marked;
    const context = { signal, report: () => undefined };
    if (deploymentId === undefined) {
      throw new ProviderError('PROVIDER_DEPLOY_FAILED', `${name} was never deployed`, {
        node: name,
        remedy: 'Delete it and launch another node.',
      });
    }
    const serviceNode = this.#serviceNode(marked, entry.log);
    entry.held = serviceNode;
    serviceNode.follow(deploymentId);
    await orReason(entry, signal, () =>
      explained(name, async () => {
        if ((await serviceNode.waitForRunOrEnd(context)) === 'ended') return;
        serviceNode.dialAs({ name, cookie: marked.cookie ?? (await this.#clusterCookie()) });
        await serviceNode.waitForAnswer(context, this.#options.answerTimeoutMs);
      }),
    );
    return { name, kind, exited: serviceNode.exited };
  }

  #serviceNode(
    service: { serviceId: string; serviceInstanceId: string; serviceName: string; name: string },
    log: NodeLog = new NodeLog(),
  ): ServiceNode {
    const { environment, node, reach, distPort } = this.#options;
    return new ServiceNode({ environment, node, reach, distPort, service, log });
  }

  /** Rejects with PROVIDER_NO_NODE for services without the mark, too: they are not Convoy's. */
  async findMarked(node: string, signal?: AbortSignal): Promise<MarkedNode> {
    // Concurrent calls share one listing: a console that starts adopts all nodes at once.
    this.#listing ??= this.#marked.list().finally(() => (this.#listing = undefined));
    const listing = this.#listing;
    const nodes = await explained(node, () => abortable(listing, signal));
    const found = nodes.find(({ name }) => name === node);
    if (found !== undefined) return found;
    throw new ProviderError('PROVIDER_NO_NODE', `${node} is not a node of this cluster on Railway`, {
      node,
      remedy: `Only services that have the variable ${this.#mark} belong to the cluster.`,
    });
  }

  /** Cached, except for failures. */
  #clusterCookie(): Promise<string> {
    const { cookie } = this.#options;
    this.#cookie ??= cookie === undefined ? this.#findCookie() : Promise.resolve(cookie);
    this.#cookie.catch(() => (this.#cookie = undefined));
    return this.#cookie;
  }

  async #findCookie(): Promise<string> {
    return (await this.#marked.cookie()) ?? randomBytes(24).toString('hex');
  }
}

type StepWork<Result> = (context: StepContext) => Promise<StepOutcome<Result>>;
