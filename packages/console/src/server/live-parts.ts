/** Assembles the parts that live sockets and routes share: nodes, platforms and their places, shells and the doctor. */

import type { ProviderLog } from '@convoy/cluster';
import type { ShellHistory } from '@convoy/shell';
import { Clusters } from '../clusters/clusters.ts';
import { Attachments } from '../nodes/attachments.ts';
import { Doctor } from '../nodes/doctor.ts';
import { Fleet } from '../nodes/launched/fleet.ts';
import type { PendingRestarts } from '../nodes/launched/pending-restarts.ts';
import { Inspecting } from '../inspecting/inspecting.ts';
import { NodeHistories } from '../inspecting/node-histories.ts';
import { Hub } from '../live/hub.ts';
import type { LiveContext } from '../live/live-context.ts';
import { NodeLogs } from '../logs/node-logs.ts';
import { NodeRegistry } from '../nodes/node-registry.ts';
import type { NoteSample } from '../nodes/node-sample.ts';
import { openPlatforms } from '../platforms.ts';
import { Poller } from '../nodes/poller.ts';
import type { RailwaySettings } from '../places/railway/index.ts';
import type { KeptShells } from '../shells/kept-shells.ts';
import { ShellHost } from '../shells/shell-host.ts';
import { TraceHost, type TraceHostOptions } from '../tracing/trace-host.ts';
import { OtherConsoles } from '../sharing/other-consoles.ts';
import type { ConsoleRecords, SharedConsole } from '../store/store.ts';
import type { Place, Platform } from '../places/place.ts';
import { PlaceRegistry } from '../places/place-registry.ts';
import type { KnownClusters } from '../clusters/known-clusters.ts';
import type { KnownNodes } from '../saved-state/known-nodes.ts';
import type { VisitNode } from '../own-nodes.ts';
import type { LocalCluster } from './local-cluster.ts';

export interface LivePartsOptions {
  readonly cluster: LocalCluster;
  readonly shared: Pick<LiveContext, 'gatekeeper' | 'audit' | 'auditIndex' | 'faults' | 'logger' | 'info'>;
  readonly nodeLimit: number;
  readonly cookie: string;
  readonly links: KnownNodes;
  readonly clusters: KnownClusters;
  /** The restarts of kept nodes that are under way. */
  readonly restarts: PendingRestarts;
  /** This console among the others with the same store. */
  readonly sharing: { readonly records: ConsoleRecords | undefined; readonly self: SharedConsole };
  readonly railway: RailwaySettings;
  readonly env: NodeJS.ProcessEnv;
  readonly basePath: string;
  readonly history: ShellHistory;
  /** The shells that outlive the console. */
  readonly kept: KeptShells;
  /** Where the logs of nodes are kept, and how much of each. */
  readonly logs: { readonly folder: string; readonly maxBytes: number };
}

export interface LiveParts {
  readonly context: LiveContext;
  readonly hub: Hub;
  /** Attaches and launches what the console before has left: its nodes, its clusters, and restarts that it has begun. */
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
}

/** Each part is given those that were made before it; what happens later reaches those after it as events. */
export function createLiveParts(options: LivePartsOptions): LiveParts {
  const { cluster, shared, nodeLimit, cookie, links, env, basePath } = options;
  const { local, own, provider } = cluster;
  const { faults, logger } = shared;
  const [registry, places] = [new NodeRegistry(), new PlaceRegistry()];
  const histories = new NodeHistories({ registry });
  const noteSample: NoteSample = (id, sample) => histories.note(id, sample);
  const poller = new Poller({ own, registry, faults, noteSample });
  const clusters = new Clusters({
    ...{ own, registry, places, faults, logger, epmdPort: local.epmdPort, known: options.clusters },
    noteSample,
    openPlace: async (via) => places.find(via) ?? reachPlace(via),
    join: (node, peer) => fleet.join(node, peer),
  });
  const reachPlace = async (key: string): Promise<Place> =>
    (await platforms.railway.reach(key)) ?? platforms.ssh.reach(key);
  const visit: VisitNode = (node, signal) => clusters.visit(node, signal);
  const onMeshChange = (node?: string): void => {
    poller.pollSoon();
    if (node !== undefined) clusters.refresh(node);
  };
  const nodes = { own, visit, registry, faults, places, onMeshChange };
  const outputOf = (id: string): ProviderLog | undefined => fleet.outputOf(id);
  const logs = new NodeLogs({ ...options.logs, ...nodes, logger, outputOf });
  const fleet = new Fleet({ ...nodes, pending: options.restarts, onLaunch: (id) => logs.startOver(id) });
  const attachments = new Attachments(nodes);
  const platforms = openPlatforms(
    { places, launched: fleet, attached: attachments, own, faults, nodeLimit, logger },
    {
      local: { provider, cookie, epmdPort: local.epmdPort, links },
      ssh: { links, cookie },
      railway: { ...options.railway, env },
    },
  );
  const doctor = new Doctor({ visit, registry, places, examineMember: (node) => clusters.examine(node) });
  const shells = new ShellHost({ visit, faults, history: options.history, kept: options.kept });
  const inspecting = new Inspecting({ registry, own, histories, askerOf: (id) => clusters.asker(id) });
  const traces = hostTraces({ visit, audit: shared.audit, faults }, { clusters, inspecting });
  const others = new OtherConsoles({ ...options.sharing, registry, faults, logger });
  const context: LiveContext = {
    ...{ ...shared, registry, others, fleet, attachments, clusters },
    ...{ platforms, doctor, logs, shells, inspecting, traces },
  };
  const hub = new Hub(context, basePath);
  const leaveRegistry = followNodes(registry, shells);
  // A lost connection is often the first sign of a crash or a split mesh.
  const leaveNode = own.onNodeDown(() => poller.pollSoon());
  const stop = async (): Promise<void> => {
    leaveNode();
    leaveRegistry();
    poller.close();
    fleet.close();
    hub.close();
    await Promise.all([shells.close(), logs.close()]);
    await clusters.close();
    await Promise.all(Object.values(platforms).map((platform) => platform.closeAll()));
    await others.close();
  };
  return { context, hub, resume: resumption(context, reachPlace), stop };
}

/** What continues the work of the console before. */
function resumption(
  { platforms, clusters, faults, fleet }: LiveContext,
  reachPlace: (key: string) => Promise<Place>,
): () => void {
  const openPlace = async (key: string): Promise<Place> =>
    key === platforms.local.key ? platforms.local : reachPlace(key);
  return () => {
    const reopened = Object.values<Platform>(platforms).map(async (platform) => platform.reopen?.());
    clusters.reopen();
    faults.run({ kind: 'launch', name: 'restarts of the console before' }, async () => {
      await Promise.allSettled(reopened);
      await fleet.finishRestarts(openPlace);
    });
  };
}

/** Goes on with the shells on nodes that are up again, and ends those on nodes that have ended. Returns a function that stops it. */
function followNodes(registry: NodeRegistry, shells: ShellHost): () => void {
  return registry.subscribe(({ changed }) => {
    for (const { id, name, status, problem } of changed) {
      if (status === 'up') shells.resumeOn(id);
      if (status !== 'stopped' && status !== 'crashed') continue;
      shells.endOn(id, problem?.message ?? `${name} has ended`);
    }
  });
}

/** The traces end where users may not act any more. */
function hostTraces(
  options: Pick<TraceHostOptions, 'visit' | 'audit' | 'faults'>,
  { clusters, inspecting }: Pick<LiveContext, 'clusters' | 'inspecting'>,
): TraceHost {
  const traces = new TraceHost({
    ...options,
    checkMayAct: (node) => clusters.checkMayAct(node),
    checkIsUp: (node) => inspecting.check(node),
  });
  const endForbidden = (): void => traces.endForbidden();
  clusters.subscribe({ onChanged: endForbidden, onGone: endForbidden });
  return traces;
}
