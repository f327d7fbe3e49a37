/**
 * The contract of a provider, which runs nodes on this computer, an SSH host or a platform. A launch is planned (name, kind,
 * steps), then carried out step by step, and is ready only when the node has been dialled and has answered: a running
 * process, or a platform that reports "deployed", is not a node that is up.
 *
 * Rules for every provider, checked by test/conformance/provider.ts:
 * - names are unique: a plan reserves its name until it is launched or released;
 * - a launch that fails or is cancelled leaves nothing behind but its log;
 * - `destroy` stops only what this provider started, by its own id, and resolves when the node is gone;
 * - a launched node exits by itself when its launcher has been gone for a grace period, unless the launch said `keep`; on a
 *   platform it stays, marked as ours, and can be found again;
 * - argument lists, logs and errors contain no secrets.
 */

import type { NodeLanguage } from '@convoy/node/names';

/** Kinds of node that a provider may launch. */
export type ProviderNodeKind = NodeLanguage;

/** Whether a kind of node can be launched here and now. When it cannot, `remedy` tells how to make it available. */
export interface ProviderCapability {
  readonly kind: ProviderNodeKind;
  readonly available: boolean;
  readonly version?: string | undefined;
  /** How its programs were found: `on PATH`. Left out where that is not a question. */
  readonly foundBy?: string | undefined;
  readonly remedy?: string | undefined;
}

/** Environment variables by name. The values may be secrets. */
export type LaunchVariables = Readonly<Record<string, string>>;

/** The node to launch. */
export interface ProviderRequest {
  readonly kind: ProviderNodeKind;
  /** The part before the `@`. Default: the first free `ts-1`, `elixir-1` or `erlang-1`. */
  readonly name?: string | undefined;
  /**
   * Environment variables for this node, besides those that every child inherits. The values may be secrets: they appear in
   * no log, error or argument list.
   */
  readonly variables?: LaunchVariables | undefined;
  /**
   * Whether the node lives on when its launcher has gone, until it is destroyed. Default false. Nodes of a platform that runs
   * them itself live on in any case.
   */
  readonly keep?: boolean | undefined;
  /** Whether its launcher joins it to its other nodes. The provider only remembers it. Default true. */
  readonly join?: boolean | undefined;
  /**
   * Memory limit in MB. Default: none. On Linux it holds for all memory of an Erlang or Elixir node; for a TypeScript node it is
   * that of the JavaScript heap. A platform that has no way to limit a node refuses it.
   */
  readonly memoryMb?: number | undefined;
  /** What the node runs once it is up, see launch-program.ts. Default: nothing. */
  readonly program?: string | undefined;
}

/** A planned launch. Its name is reserved until the plan is launched or released. */
export interface LaunchPlan {
  /** Full node name. */
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** The steps to come, in order. */
  readonly steps: readonly { readonly name: string; readonly label: string }[];
  /** Gives the name back, unless the plan has been launched. */
  release(): void;
}

/** A launch step that is running or has ended. Times are milliseconds since 1970. `detail` is one line to display. */
export interface LaunchStep {
  readonly name: string;
  readonly label: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly detail?: string;
}

/** Options of `Provider.launch`. */
export interface LaunchOptions {
  /** Aborting cleans up the launch and rejects with PROVIDER_CANCELLED. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a step starts, when its detail changes, and when it ends. */
  readonly onStep?: (step: LaunchStep) => void;
}

/** How a node exited. Fields that are not known are missing. */
export interface NodeExit {
  readonly code?: number;
  readonly signal?: string | undefined;
  /** The platform's reason, when nothing else is known. */
  readonly reason?: string;
  /** Whether `destroy`, `close` or another command of ours caused it. */
  readonly expected: boolean;
  /**
   * Whether it was stopped rather than crashed: it ended by itself without an error, as `init:stop()`, `halt(0)` and
   * `process.exit()` do, or was asked to by SIGTERM or its platform.
   */
  readonly isDeliberate: boolean;
  /** The memory limit in MB that the node ran into, if that ended it. */
  readonly memoryLimitMb?: number;
  readonly lastOutput: readonly string[];
}

/** A node that answered. */
export interface LaunchedNode {
  /** Full node name. May differ from the plan's on a platform that assigns addresses; the provider then knows both. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** Process id, if the node is a process on this machine. */
  readonly osPid?: number | undefined;
  /** Resolves, never rejects, when the node has exited for any reason. */
  readonly exited: Promise<NodeExit>;
}

/** A line of a node's log. `seq` counts from 1 over all streams of the node; `at` is milliseconds since 1970. */
export interface ProviderLogLine {
  readonly seq: number;
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /**
   * Where the line ends in the file that the node prints to, in bytes or in lines: the same when another launcher reads the file
   * again. Missing for nodes that do not print to a file, and for lines of our own.
   */
  readonly position?: number;
}

/** The last lines of a node's output, without control characters. */
export interface ProviderLog {
  /** The stored lines after `afterSeq` (default 0), oldest first; at most the last `last` of them (default: all). */
  lines(options?: { afterSeq?: number | undefined; last?: number }): ProviderLogLine[];
  /** Calls `listener` with every new line. Returns the function that stops it. */
  follow(listener: (line: ProviderLogLine) => void): () => void;
}

/** Launches nodes, keeps their logs and removes them. */
export interface Provider {
  /** Short name, such as `local`. */
  readonly name: string;
  /** Which kinds can be launched now. Checked on every call; cheap enough to call before every launch. */
  capabilities(): Promise<ProviderCapability[]>;
  /**
   * Plans a launch and reserves its name. Rejects with `ProviderError` PROVIDER_UNAVAILABLE, PROVIDER_NO_IMAGE, PROVIDER_FORBIDDEN, PROVIDER_NAME_TAKEN,
   * PROVIDER_BAD_NAME, PROVIDER_BAD_VARIABLE, PROVIDER_BAD_PROGRAM, PROVIDER_UNSUPPORTED or PROVIDER_LIMIT.
   */
  plan(request: ProviderRequest): Promise<LaunchPlan>;
  /** Launches a plan. Resolves when the node answers. Rejects with `ProviderError` after cleaning up. */
  launch(plan: LaunchPlan, options?: LaunchOptions): Promise<LaunchedNode>;
  /** The log of a node that is launching, running, or has exited by itself and was not destroyed yet. */
  logs(node: string): ProviderLog | undefined;
  /**
   * Rejects with `ProviderError` PROVIDER_NAME_TAKEN when looking `node` up leads to another process. Call it before telling
   * other nodes to connect to it. Omitted where other users cannot take a name.
   */
  checkName?(node: string): Promise<void>;
  /** Stops the node or cancels its launch, and forgets it. Rejects with PROVIDER_NO_NODE for unknown nodes. */
  destroy(node: string): Promise<void>;
  /** Stops everything this provider has launched, in parallel, but kept nodes. On a platform, running nodes may be configured to stay. */
  close(): Promise<void>;
}
