/** Assembles the parts that live sockets and routes share: nodes, hosts, environments, shells and the doctor. */

import type { LaunchedNode, Provider } from '@convoy/cluster';
import type { RailwayProvider } from '@convoy/cluster/railway';
import type { ShellHistory } from '@convoy/shell';
import { Doctor } from '../live/doctor.ts';
import { Fleet } from '../live/fleet.ts';
import { Hub } from '../live/hub.ts';
import type { LiveContext } from '../live/live-context.ts';
import { NodeRegistry } from '../live/node-registry.ts';
import { Poller } from '../live/poller.ts';
import { RailwayPlaces, type RailwaySettings } from '../live/railway-places.ts';
import { ShellHost } from '../live/shell-host.ts';
import { SshHosts } from '../live/ssh-hosts.ts';
import type { KnownNodes } from '../saved-state/known-nodes.ts';
import { describePlatforms } from '../places/platforms.ts';
import type { LocalCluster } from './local-cluster.ts';

export interface LivePartsOptions {
  readonly cluster: LocalCluster;
  readonly shared: Pick<LiveContext, 'gatekeeper' | 'audit' | 'faults' | 'logger' | 'info'>;
  readonly nodeLimit: number;
  readonly cookie: string;
  readonly links: KnownNodes;
  readonly railway: RailwaySettings;
  readonly env: NodeJS.ProcessEnv;
  readonly basePath: string;
  readonly history: ShellHistory;
}

export interface LiveParts {
  readonly context: LiveContext;
  readonly hub: Hub;
  readonly stop: () => Promise<void>;
}

export function createLiveParts(options: LivePartsOptions): LiveParts {
  const { shared, nodeLimit, cookie, links, railway: settings, env, basePath } = options;
  const { local, own, provider } = options.cluster;
  const { faults, logger } = shared;
  const registry = new NodeRegistry();
  const poller = new Poller({ own, registry, faults });
  const onMeshChange = (): void => poller.pollSoon();
  const onAdopted = (one: Provider, launched: LaunchedNode): void => fleet.adopt(one, launched);
  const place = { own, registry, faults, nodeLimit, onMeshChange, onAdopted };
  const hosts = new SshHosts({ ...place, cookie, links, logger });
  const providers = (name: string): Provider | undefined =>
    name === provider.name ? provider : (hosts.provider(name) ?? railway.provider(name));
  const fleet = new Fleet({ own, providers, registry, faults, onMeshChange });
  const onClosed = (name: string): void => fleet.forgetProvider(name);
  const railway = new RailwayPlaces({ ...place, settings, env, onClosed });
  const shells = new ShellHost({
    own,
    faults,
    history: options.history,
    onChanged: (view) => hub.notifyShell(view),
    onClosed: (shellId, reason) => hub.notifyShellClosed(shellId, reason),
  });
  const railwayOf = (name: string): RailwayProvider | undefined =>
    railway.provider(registry.find(name)?.provider ?? '');
  const doctor = new Doctor({ own, cookie, epmdPort: local.epmdPort, hosts, railwayOf });
  const images = Object.values(settings.images ?? {});
  const platforms = describePlatforms({ nodeLimit, images });
  const context: LiveContext = { ...shared, registry, fleet, hosts, railway, platforms, doctor, shells };
  const hub = new Hub(context, basePath);
  const leaveRegistry = registry.subscribe(({ changed }) => {
    for (const { name, status, problem } of changed) {
      if (status !== 'stopped' && status !== 'crashed') continue;
      shells.endOn(name, problem?.message ?? `${name} has ended`);
    }
  });
  // A lost connection is often the first sign of a crash or a split mesh.
  const leaveNode = own.onNodeDown(() => poller.pollSoon());
  const stop = async (): Promise<void> => {
    leaveNode();
    leaveRegistry();
    poller.close();
    fleet.close();
    hub.close();
    await shells.close();
    await Promise.all([hosts.closeAll(), railway.closeAll()]);
  };
  return { context, hub, stop };
}
