/** The door `@convoy/cluster`: launching and removing nodes, and what a launched TypeScript node carries. */

export { ProviderError, type ProviderErrorCode, type ProviderErrorDetail } from './errors.ts';
export { createLocalProvider, type LocalProviderOptions } from './providers/local-process.ts';
export {
  type LaunchedNode,
  type LaunchOptions,
  type LaunchPlan,
  type LaunchStep,
  type NodeExit,
  type Provider,
  type ProviderCapability,
  type ProviderLog,
  type ProviderLogLine,
  type ProviderNodeKind,
  type ProviderRequest,
} from './providers/provider.ts';
export { installWorker, type NodeInfo, workerName, type WorkerOptions } from './worker/worker.ts';
