/** The entry point `@convoy/cluster/railway`: Railway's API, nodes on Railway, and the strategies that discover them. */

export type { ApiCallOptions, RailwayClientOptions } from './calls/railway-api.ts';
export type { BudgetReading } from './calls/request-budget.ts';
export { StreamQueue } from './calls/stream-queue.ts';
export { createRailwayClient, type RailwayClient } from './client/railway-client.ts';
export type { CreateServiceRequest, RailwayEnvironment } from './client/railway-environment.ts';
export { railwayForm, type RailwayFormOptions } from './form.ts';
export { chooseByName } from './model/choose-by-name.ts';
export { RailwayError, type RailwayErrorCode, type RailwayErrorDetail } from './model/railway-error.ts';
export {
  type DeploymentEventStep,
  type DeploymentInstanceStatus,
  type DeploymentStatus,
  type EndpointSyncStatus,
  failedStatuses,
  type RailwayAccess,
  type RailwayDeployment,
  type RailwayDeploymentEvent,
  type RailwayDeploymentSummary,
  type RailwayEnvironmentInfo,
  type RailwayLogLine,
  type RailwayPrivateName,
  type RailwayProject,
  type RailwayRegion,
  type RailwayService,
  type RailwaySocket,
  type RailwaySource,
  type RailwayWorkspace,
} from './model/resources.ts';
export type { ServiceSettings } from './operations/mutations.ts';
export { createRailwayWays, type RailwayWays, type RailwayWaysOptions } from './provider/environment-ways.ts';
export type {
  RailwayControl,
  RailwayImage,
  RailwayNodePlan,
  RailwayProvider,
  RailwayProviderOptions,
} from './provider/options.ts';
export { createRailwayProvider } from './provider/railway-provider.ts';
export type { OpenRoute, RailwayReach, RailwayRoute } from './provider/reach.ts';
export type { RailwayNode } from './services/marked-nodes.ts';
export { createRailwayDnsStrategy, type RailwayDnsStrategyOptions } from './strategies/railway-dns.ts';
export {
  createRailwayAccountStrategy,
  createRailwayStrategy,
  type RailwayAccountStrategyOptions,
  type RailwayStrategyOptions,
} from './strategies/railway.ts';
export { railwayToken } from './token-variables.ts';
export type { LogOptions } from './streams/deployment-streams.ts';
