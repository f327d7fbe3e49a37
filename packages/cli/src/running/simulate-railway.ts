/**
 * The simulated Railway of `convoy up --simulate railway`. With root and iproute2 it has private networks, as the real one has;
 * otherwise each node has an address of 127/8. The simulator and its nodes end with the console.
 */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleOptions } from '@convoy/console';
import type * as simulatorPackage from '@convoy/railway-simulator';
import type { RailwaySimulator } from '@convoy/railway-simulator';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';

type RailwaySettings = NonNullable<ConsoleOptions['railway']>;

/** A running simulator. */
export interface Simulation {
  /** The settings by which the console uses the simulator. */
  readonly settings: RailwaySettings;
  /** The simulator itself, for injecting failures. */
  readonly simulator: RailwaySimulator;
  /** Stops the simulator and its nodes and removes its folder. */
  close(): Promise<void>;
}

type SimulatorPackage = typeof simulatorPackage;

/** Options of `simulateRailway`. */
export interface SimulateOptions {
  readonly railway: SimulatorPackage;
  /** Folder for containers, token and relay key; created with mode 0700, and emptied first. */
  readonly folder: string;
  readonly convoyCommand: readonly string[];
}

const images = { typescript: 'convoy-node', elixir: 'elixir', erlang: 'erlang' } as const;

/** Loads the optional package `@convoy/railway-simulator`. Rejects with `CLI_NO_SIMULATOR` when it is not installed. */
export async function loadRailwaySimulator(): Promise<SimulatorPackage> {
  try {
    return await import('@convoy/railway-simulator');
  } catch (error) {
    if (!isMissing(error, '@convoy/railway-simulator')) throw error;
    throw new CliError('CLI_NO_SIMULATOR', 'the package @convoy/railway-simulator is not installed', {
      remedy:
        'Install it beside @convoy/cli: npm install @convoy/railway-simulator (--global if @convoy/cli is).',
      cause: error,
    });
  }
}

function isMissing(error: unknown, packageName: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes(`'${packageName}'`)
  );
}

/** Starts a simulator. */
export async function simulateRailway(options: SimulateOptions): Promise<Simulation> {
  const { railway, folder, convoyCommand } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const missing = railway.missingNamespaces();
  const open = missing === undefined ? railway.openNamespaceRuntime : railway.openLocalRuntime;
  const runtime = await open({ folder: join(folder, 'containers'), convoyCommand });
  try {
    const simulator = await railway.startRailwaySimulator({ runtime });
    const settings = await settingsOf(simulator, { folder, isPrivate: missing === undefined });
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, simulator.token, { mode: 0o600 });
    note(`The simulated Railway API is at ${simulator.endpoint}; its token is in ${tokenFile}`);
    if (missing !== undefined)
      note(`Its nodes use addresses of 127.0.0.0/8 instead of a private network: ${missing}.`);
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
