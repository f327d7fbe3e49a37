/** What both kinds of bridge share: the private folder, the forwarded port, and the cleanup. */

import { forwardPort, type PortForward } from '../tunnels/port-forward.ts';
import type { Tunnel } from '../tunnels/tunnel.ts';
import type { Bridge, BridgeOptions } from './bridge.ts';
import { type BridgeFolder, createBridgeFolder } from './bridge-folder.ts';
import { formatCommands } from './command-lines.ts';
import { findNodeAddress } from './node-address.ts';

export interface BridgeParts {
  readonly folder: BridgeFolder;
  readonly forward: PortForward;
  /** Closes `part` with the bridge, or immediately when opening the bridge fails. */
  readonly own: <Part extends AsyncDisposable>(part: Part) => Part;
}

export interface BridgePlan {
  /** Addresses to listen on. Default: both loopback addresses. */
  readonly hosts?: readonly string[] | undefined;
  /** Host part of long names of local nodes. */
  readonly longHost: string;
  /** Does the work specific to this kind of bridge and returns the environment for local nodes. */
  readonly prepare: (parts: BridgeParts) => Promise<Readonly<Record<string, string>>>;
}

/** Opens a bridge once the remote EPMD knows the node. On failure nothing is left. */
export async function assembleBridge(
  tunnel: Tunnel,
  options: BridgeOptions,
  plan: BridgePlan,
): Promise<Bridge> {
  const { node, epmdPort, port, onRefused } = options;
  await findNodeAddress(tunnel, { node, epmdPort });
  const owned: AsyncDisposable[] = [];
  const own = <Part extends AsyncDisposable>(part: Part): Part => {
    owned.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of owned.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const folder = own(await createBridgeFolder(options.env));
    const forward = own(
      await forwardPort(tunnel, {
        to: ({ signal }) => findNodeAddress(tunnel, { node, epmdPort, signal }),
        hosts: plan.hosts,
        port,
        onRefused,
      }),
    );
    const environment = await plan.prepare({ folder, forward, own });
    const commands = formatCommands({ node, environment, longHost: plan.longHost });
    const { hosts } = forward;
    return {
      node,
      hosts,
      port: forward.port,
      environment,
      commands,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
