/** What a platform supplies so that `launches` makes a provider of it, and what it is given. */

import type { ProviderError } from '../errors.ts';
import type { LaunchProgram } from './launch-program.ts';
import type { NodeLog } from './node-log.ts';
import type {
  LaunchedNode,
  LaunchPlan,
  LaunchVariables,
  ProviderCapability,
  ProviderNodeKind,
  ProviderRequest,
} from './provider.ts';
import type { StepRecorder } from './step-recorder.ts';

/** A node from its reservation to its removal. `Held` is the platform's handle to the running node. */
export interface LaunchEntry<Held> {
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** Variables that the user set for this launch. */
  readonly variables: LaunchVariables;
  /** Whether the node lives on when the provider closes. */
  readonly keep: boolean;
  /** Whether its launcher joins it to its other nodes. */
  readonly join: boolean;
  /** Memory limit in MB. */
  readonly memoryMb?: number | undefined;
  /** What it runs once it is up. */
  readonly program?: LaunchProgram | undefined;
  readonly log: NodeLog;
  /** Aborts a launch in progress. */
  readonly cancel: AbortController;
  launch?: Promise<LaunchedNode>;
  isUp?: boolean;
  held?: Held;
}

/** Names that nodes of others use on a platform. */
export interface NamesInUse {
  /** The names, without host. */
  readonly taken: readonly string[];
  /** How many of these nodes count towards the limit. Default 0. */
  readonly others?: number;
}

/** A running node that the platform has found. */
export interface RunningNode {
  /** Full name. */
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** Whether it lives on when the provider closes. Default false. */
  readonly keep?: boolean | undefined;
  /** Whether its launcher joins it to its other nodes. Default true. */
  readonly join?: boolean | undefined;
  /** Memory limit in MB that it was launched with. */
  readonly memoryMb?: number | undefined;
}

/** Options of `launches`. `Found` is what it knows about a node that it can adopt. */
export interface LaunchesOptions<Held, Found extends RunningNode = RunningNode> {
  /** Name of the provider. */
  readonly name: string;
  readonly capabilities: () => Promise<ProviderCapability[]>;
  /** The error for a kind that cannot be launched; `remedy` is that of its capability. */
  readonly unavailable: (kind: ProviderNodeKind, remedy: string | undefined) => ProviderError;
  /** Rejects with the error for a request that the platform cannot meet. Called first, before a name is reserved. */
  readonly check?: (request: ProviderRequest) => Promise<void> | void;
  /** Looks up the names in use, before a name is reserved. `entries` are the provider's own nodes. */
  readonly plan: (entries: readonly LaunchEntry<Held>[]) => Promise<NamesInUse>;
  /** Starts the node of an entry and resolves when it answers. When it throws, `stop` is called. */
  readonly start: (entry: LaunchEntry<Held>, run: LaunchRun) => Promise<LaunchedNode>;
  /** Stops the node of an entry and removes everything but the log. Idempotent. */
  readonly stop: (entry: LaunchEntry<Held>) => Promise<void>;
  /** Stops a node of the platform that is not an entry. Default: such nodes are refused with PROVIDER_NO_NODE. */
  readonly stopOther?: (node: string) => Promise<void>;
  /** Releases a node that keeps running without us, and everything we hold for it but the log. Idempotent. */
  readonly leave?: (entry: LaunchEntry<Held>) => Promise<void>;
  /** Connects to a node that is already running. When it throws, `leave` is called. */
  readonly adopt?: (entry: LaunchEntry<Held>, found: Found, signal: AbortSignal) => Promise<LaunchedNode>;
  /** See `Provider.checkName`. */
  readonly checkName?: (node: string) => Promise<void>;
  /** Host part of the node names, for all or by name. */
  readonly host: string | ((name: string) => string);
  readonly nodeLimit: number;
  readonly steps: LaunchPlan['steps'];
  /** Remedy of the error when the limit is reached: how to raise it. */
  readonly limitRemedy: string;
  /** How long to wait for a node to answer after starting it. */
  readonly launchTimeoutMs: number;
  /** Whether `close` stops the nodes that are up and not kept, or leaves them running. Default `destroy`. */
  readonly onClose?: 'destroy' | 'leave';
}

/** Passed to `start` while a launch runs. */
export interface LaunchRun {
  readonly recorder: StepRecorder;
  /** Aborted by a cancellation or the timeout; `abortError` tells which. */
  readonly signal: AbortSignal;
  /** Aborted by a cancellation only. */
  readonly cancelled: AbortSignal;
  /** Makes the node known by the name that the platform gave it, too. */
  readonly alias: (name: string) => void;
}
