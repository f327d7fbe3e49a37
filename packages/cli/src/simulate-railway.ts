/**
 * A Railway of one's own for `convoy up --simulate railway`: with root and iproute2 in networks of its own, as the real one is,
 * else with an address of 127/8 per node. It ends with the console, and its nodes with it.
 */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  missingNamespaces,
  openLocalRuntime,
  openNamespaceRuntime,
  type RailwaySimulator,
  startRailwaySimulator,
} from '@convoy/cluster';
import type { ConsoleOptions } from '@convoy/console';
import { note } from './output.ts';

type RailwaySettings = NonNullable<ConsoleOptions['railway']>;

export interface Simulation {
  /** What the console is told of it. */
  readonly settings: RailwaySettings;
  /** Where things can be made to go wrong. */
  readonly simulator: RailwaySimulator;
  close(): Promise<void>;
}

export interface SimulateOptions {
  /** For its containers, its token and the key of its relay; made with mode 0700. */
  readonly folder: string;
  readonly convoyCommand: readonly string[];
}

const images = { typescript: 'convoy-node', elixir: 'elixir', erlang: 'erlang' } as const;

export async function simulateRailway({ folder, convoyCommand }: SimulateOptions): Promise<Simulation> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const missing = missingNamespaces();
  const open = missing === undefined ? openNamespaceRuntime : openLocalRuntime;
  const runtime = await open({ folder: join(folder, 'containers'), convoyCommand });
  try {
    const simulator = await startRailwaySimulator({ runtime });
    const settings = await settingsOf(simulator, { folder, isPrivate: missing === undefined });
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, simulator.token, { mode: 0o600 });
    note(`A simulated Railway answers at ${simulator.endpoint}; its token is in ${tokenFile}`);
    if (missing !== undefined)
      note(`Its nodes have addresses of 127.0.0.0/8, no private network: ${missing}.`);
    return {
      settings,
      simulator,
      async close() {
        await simulator.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

async function settingsOf(
  { endpoint, token, relay }: RailwaySimulator,
  { folder, isPrivate }: { readonly folder: string; readonly isPrivate: boolean },
): Promise<RailwaySettings> {
  const common = { label: 'Simulated Railway', endpoint, token, images };
  if (!isPrivate) return { ...common, ipv6: false, reach: (routes) => ({ kind: 'direct', routes }) };
  const identityFile = join(folder, 'relay_ed25519');
  await writeFile(identityFile, relay.newKey(), { mode: 0o600 });
  const { host, port, hostKey } = relay;
  const ssh = { identityFiles: [identityFile], agent: false } as const;
  return { ...common, reach: (routes) => ({ kind: 'relay', routes, host, port, hostKey, ssh }) };
}
