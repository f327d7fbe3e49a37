/**
 * The contract of whatever can run nodes: this computer, an SSH host, a platform. A launch is planned (name, kind,
 * steps), then carried out step by step, and is ready only when the node has been dialled and has answered: a process
 * that runs or a platform that says "deployed" is not a node that is up.
 *
 * Rules every provider keeps; test/conformance/provider.ts checks them:
 * - a name is given once: a plan reserves it until it is launched or released;
 * - a launch that fails or is cancelled leaves nothing behind but its log;
 * - `destroy` ends only what this provider started, by its own id, and is complete when the node is gone;
 * - a launched node ends by itself when whoever launched it is gone past a grace period; on a platform it stays, marked
 *   as ours, and can be found again;
 * - no secret in argument lists, logs or errors.
 */

export type ProviderNodeKind = 'typescript' | 'elixir' | 'erlang';

/** What can be launched here and now. `remedy` says how to get what cannot. */
export interface ProviderCapability {
  readonly kind: ProviderNodeKind;
  readonly available: boolean;
  readonly version?: string | undefined;
  readonly remedy?: string | undefined;
}

/** By name. The values may be secrets. */
export type LaunchVariables = Readonly<Record<string, string>>;

export interface ProviderRequest {
  readonly kind: ProviderNodeKind;
  /** The part before the `@`. Left out: the first free one of `ts-1`, `elixir-1`, `erlang-1`. */
  readonly name?: string | undefined;
  /**
   * Variables for the environment of this node, besides what every child inherits. The values may be secrets: they are in
   * no log, no error and no argument list.
   */
  readonly variables?: LaunchVariables | undefined;
}

/** What a launch will do. Its name is reserved until `launch` has taken the plan over or `release` gives it back. */
export interface LaunchPlan {
  /** Full node name. */
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** The steps to come, in order. */
  readonly steps: readonly { readonly name: string; readonly label: string }[];
  release(): void;
}

/** One step under way or over. Times are milliseconds since 1970. `detail` is one line for people. */
export interface LaunchStep {
  readonly name: string;
  readonly label: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly detail?: string;
}

export interface LaunchOptions {
  /** Aborting removes what was half made and rejects with PROVIDER_CANCELLED. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a step starts, when its detail changes, and when it ends. */
  readonly onStep?: (step: LaunchStep) => void;
}

/** How a node ended. All fields empty: nobody knows more. */
export interface NodeExit {
  readonly code?: number;
  readonly signal?: string | undefined;
  /** What the platform says of it, where that is all that is known. */
  readonly reason?: string;
  /** Whether `destroy`, `close` or another order of ours asked for it. */
  readonly expected: boolean;
  readonly lastOutput: readonly string[];
}

/** A node that answered. */
export interface LaunchedNode {
  /** Of a platform that gives out addresses itself it may differ from the plan's; the provider then knows both. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** Where it is a process of this machine. */
  readonly osPid?: number | undefined;
  /** Resolves, never rejects, when it has ended for whatever reason. */
  readonly exited: Promise<NodeExit>;
}

/** `seq` counts from 1 over all streams of one node. */
export interface ProviderLogLine {
  readonly seq: number;
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a node printed: the last lines of it, control characters taken out. */
export interface ProviderLog {
  /** The lines held after `afterSeq` (default 0), oldest first; of these the last `last` (default all). */
  lines(options?: { afterSeq?: number | undefined; last?: number }): ProviderLogLine[];
  /** Calls `listener` with every new line from now on. Returns what ends that. */
  follow(listener: (line: ProviderLogLine) => void): () => void;
}

export interface Provider {
  /** E.g. `local`. */
  readonly name: string;
  /** Looks anew each time; cheap enough to ask before every launch. */
  capabilities(): Promise<ProviderCapability[]>;
  /**
   * Rejects with `ProviderError`: PROVIDER_UNAVAILABLE with the remedy, PROVIDER_NAME_TAKEN, PROVIDER_BAD_NAME,
   * PROVIDER_BAD_VARIABLE, PROVIDER_LIMIT.
   */
  plan(request: ProviderRequest): Promise<LaunchPlan>;
  /** Resolves when the node answers. Rejects with `ProviderError`, nothing left behind. */
  launch(plan: LaunchPlan, options?: LaunchOptions): Promise<LaunchedNode>;
  /** The log of a node that is being launched, runs, or has ended by itself and was not destroyed yet. */
  logs(node: string): ProviderLog | undefined;
  /**
   * Rejects with `ProviderError` PROVIDER_NAME_TAKEN when nodes that look `node` up would be led to another process. To be
   * asked before others are asked to connect to it. Omitted where other users cannot take a name.
   */
  checkName?(node: string): Promise<void>;
  /** Ends the node (or its launch) and forgets it. PROVIDER_NO_NODE when it is not one of ours. */
  destroy(node: string): Promise<void>;
  /** Ends everything this provider has launched, in parallel; a platform may be told to leave what is up. */
  close(): Promise<void>;
}
