/** Starts the local cluster: the console's own node, the pool of its nodes for other clusters, and the local provider. */

import { createLocalProvider, type LocalProvider, prepareNodesFolder } from '@convoy/cluster';
import { localKey } from '../places/local/index.ts';
import type { ConsoleInfo } from '../protocol/index.ts';
import type { KnownNodes } from '../saved-state/known-nodes.ts';
import type { DataDirectory } from './data-directory.ts';
import { type LocalNode, pingNode, startLocalNode } from './local-node.ts';
import { OwnNodePool } from './own-node-pool.ts';
import type { UndoSteps } from './undo-steps.ts';

export interface LocalClusterOptions {
  readonly directory: DataDirectory;
  /** Full name of the console's own node in the local cluster. */
  readonly nodeName: string;
  /** The nodes that an earlier console launched and that may still run. */
  readonly known: KnownNodes;
  readonly convoyCommand: readonly string[];
  readonly epmdPort: number | undefined;
  readonly nodeLimit: number;
  readonly env: NodeJS.ProcessEnv;
}

export interface LocalCluster {
  readonly local: LocalNode;
  readonly own: OwnNodePool;
  readonly provider: LocalProvider;
}

export async function startLocalCluster(
  options: LocalClusterOptions,
  undo: UndoSteps,
): Promise<LocalCluster> {
  const { directory, convoyCommand, nodeLimit, env, known } = options;
  const local = await startLocalNode(options.nodeName, options.epmdPort);
  undo.add(() => local.node.close());
  const own = new OwnNodePool(local, { cookie: directory.cookie, epmdPort: local.epmdPort });
  undo.add(() => own.closeAll());
  const folder = directory.nodesFolder;
  await prepareNodesFolder(folder, known.place(localKey)?.nodes);
  const provider = createLocalProvider({
    folder,
    memory: {
      add: (node) => known.add(localKey, directory.cookie, node),
      delete: (name) => known.delete(localKey, name),
    },
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
