/** Starts the local cluster: the console's own node, the pool of its nodes for other clusters, and the local provider. */

import { createLocalProvider, type Provider } from '@convoy/cluster';
import type { ConsoleInfo } from '../protocol/index.ts';
import type { DataDirectory } from './data-directory.ts';
import { type LocalNode, pingNode, startLocalNode } from './local-node.ts';
import { OwnNodePool } from './own-node-pool.ts';
import type { UndoSteps } from './undo-steps.ts';

export interface LocalClusterOptions {
  readonly directory: DataDirectory;
  /** Full name of the console's own node in the local cluster. */
  readonly nodeName: string;
  readonly convoyCommand: readonly string[];
  readonly epmdPort: number | undefined;
  readonly nodeLimit: number;
  readonly env: NodeJS.ProcessEnv;
}

export interface LocalCluster {
  readonly local: LocalNode;
  readonly own: OwnNodePool;
  readonly provider: Provider;
}

export async function startLocalCluster(
  options: LocalClusterOptions,
  undo: UndoSteps,
): Promise<LocalCluster> {
  const { directory, convoyCommand, nodeLimit, env } = options;
  const local = await startLocalNode(options.nodeName, options.epmdPort);
  undo.add(() => local.node.close());
  const own = new OwnNodePool(local, { cookie: directory.cookie, epmdPort: local.epmdPort });
  undo.add(() => own.closeAll());
  const provider = createLocalProvider({
    folder: directory.nodesFolder(),
    cookie: directory.cookie,
    epmdPort: local.epmdPort,
    convoyCommand,
    node: local.node,
    routes: local.routes,
    ping: (node, how) => pingNode(local.node, node, how),
    nodeLimit,
    env,
  });
  undo.add(() => provider.close());
  return { local, own, provider };
}

/** Collects the information about the console. */
export async function describeConsole(
  { local, provider }: LocalCluster,
  shown: Pick<ConsoleInfo, 'version' | 'host' | 'nodeLimit'>,
): Promise<ConsoleInfo> {
  return {
    ...shown,
    node: local.node.name,
    epmd: local.epmd,
    epmdPort: local.epmdPort,
    capabilities: await provider.capabilities(),
  };
}
