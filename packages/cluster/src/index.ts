/** The door `@convoy/cluster`: launching and removing nodes, reaching hosts and nodes from afar, saying what is wrong. */

export {
  HostError,
  type HostErrorCode,
  ProviderError,
  type ProviderErrorCode,
  type ProviderErrorDetail,
  SshError,
  type SshErrorCode,
  type SshErrorDetail,
  TunnelError,
  type TunnelErrorCode,
} from './errors.ts';
export { diagnose, type DiagnoseOptions } from './doctor/diagnose.ts';
export { diagnosePair, type DiagnosePairOptions } from './doctor/diagnose-pair.ts';
export type { Diagnosis, DiagnosisStep, Fault, FaultCode } from './doctor/diagnosis.ts';
export { openAliasBridge } from './bridge/alias-bridge.ts';
export type { Bridge, BridgeCommands, BridgeOptions } from './bridge/bridge.ts';
export { type EpmdModuleBridgeOptions, openEpmdModuleBridge } from './bridge/epmd-module-bridge.ts';
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
export { formatExit, OwnedProcess } from './providers/child-process.ts';
export { type LocalCommand, type NodeSecrets, prepareFolder } from './providers/local-command.ts';
export { LocalPrograms } from './providers/local-programs.ts';
export { NodeLog } from './providers/node-log.ts';
export { type StepOutcome, StepRecorder } from './providers/step-recorder.ts';
export { createSshProvider, type SshProvider, type SshProviderOptions } from './providers/ssh-host.ts';
export { type BeamJoinerOptions, createBeamJoiner } from './discovery/beam-joiner.ts';
export {
  type Discovery,
  type DiscoveryOptions,
  startDiscovery,
  type TopologyStatus,
} from './discovery/discovery.ts';
export { DiscoveryError, type DiscoveryErrorCode } from './discovery/errors.ts';
export { type DiscoveryEventName, type DiscoveryEvents, subscribeDiscovery } from './discovery/events.ts';
export type { Joiner } from './discovery/joiner.ts';
export type { PeerStatus, PrunePolicy } from './discovery/membership-model.ts';
export type { PeerFilterOptions } from './discovery/peer-filter.ts';
export type { ReadyOptions } from './discovery/ready-waiters.ts';
export type { SeenPeer, Strategy, StrategyAnswer, StrategyContext } from './discovery/strategy.ts';
export type { Topology } from './discovery/topology.ts';
export {
  createDnsNamesStrategy,
  createDnsSrvStrategy,
  createDnsStrategy,
  createDnsTxtStrategy,
  type DnsNamesStrategyOptions,
  type DnsSrvStrategyOptions,
  type DnsStrategyOptions,
  type DnsTxtStrategyOptions,
} from './strategies/dns.ts';
export type { AddressType } from './strategies/dns-client.ts';
export {
  createEpmdStrategy,
  createHostsFileStrategy,
  createLocalEpmdStrategy,
  type EpmdStrategyOptions,
  type HostsFileStrategyOptions,
} from './strategies/epmd.ts';
export { createGossipStrategy, type GossipStrategyOptions } from './strategies/gossip.ts';
export {
  createPollingStrategy,
  type Look,
  type PollingOptions,
  type PollingStrategyOptions,
} from './strategies/polling.ts';
export {
  createRailwayAccountStrategy,
  createRailwayStrategy,
  type RailwayAccountStrategyOptions,
  type RailwayStrategyOptions,
} from './strategies/railway.ts';
export { createRailwayDnsStrategy, type RailwayDnsStrategyOptions } from './strategies/railway-dns.ts';
export { createStaticStrategy, type StaticStrategyOptions } from './strategies/static.ts';
export { createTopology, parseTopology, type TopologyDescription } from './strategies/strategy-table.ts';
export { createRailwayProvider } from './providers/railway/railway-provider.ts';
export type { RailwayNode } from './providers/railway/marked-nodes.ts';
export type {
  RailwayControl,
  RailwayImage,
  RailwayNodePlan,
  RailwayProvider,
  RailwayProviderOptions,
} from './providers/railway/options.ts';
export type { RailwayReach, RailwayWay } from './providers/railway/reach.ts';
export { childEnvironment, type ChildPurpose } from './child-environment.ts';
export { isAlive } from './is-alive.ts';
export { chooseByName } from './railway/choose-by-name.ts';
export { RailwayError, type RailwayErrorCode, type RailwayErrorDetail } from './railway/errors.ts';
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
} from './railway/model.ts';
export type { ServiceSettings } from './railway/mutations.ts';
export type { ApiCallOptions, RailwayClientOptions } from './railway/railway-api.ts';
export { StreamQueue } from './railway/stream-queue.ts';
export { createRailwayClient, type RailwayClient } from './railway/railway-client.ts';
export type { LogOptions } from './railway/deployment-streams.ts';
export type { CreateServiceRequest, RailwayEnvironment } from './railway/railway-environment.ts';
export type { BudgetReading } from './railway/request-budget.ts';
export { type DeadManOptions, installDeadMan } from './worker/dead-man.ts';
export { createLink, linkVariable, type NodeLink, takeLink } from './worker/link-cookie.ts';
export { installWorker, type NodeInfo, workerName, type WorkerOptions } from './worker/worker.ts';
export {
  type ConnectedHost,
  connectHost,
  type ConnectHostOptions,
  type ConnectRequest,
} from './remote/connect-host.ts';
export { findNodeOn, type FoundNode } from './remote/find-node.ts';
export { type HostReport, inspectHost, type NodeProcess } from './remote/inspect-host.ts';
export { type HostNode, listNodes } from './remote/list-nodes.ts';
export { disownNode, ownNode } from './remote/own-node.ts';
export { portOwnerCheck, type PortOwnerOptions } from './remote/port-owner.ts';
export { probeNode, type ProbeOptions } from './remote/probe-node.ts';
export { readCookie, type ReadCookieOptions } from './remote/read-cookie.ts';
export type { NodeMemory, RememberedNode } from './remote/remembered-node.ts';
export { type StartedNode, type StartNodeOptions, startNodeOn } from './remote/start-node.ts';
export { dialSsh } from './ssh/dial-ssh.ts';
export { dialSystemSsh } from './ssh/system/dial-system-ssh.ts';
export { formatSshTarget, parseSshTarget } from './ssh/ssh-target.ts';
export type {
  ExecOptions,
  ExecResult,
  SshConnection,
  SshDialer,
  SshExit,
  SshHop,
  SshOptions,
  SshProcess,
  SshTarget,
} from './ssh/ssh-connection.ts';
export {
  forwardPort,
  type ForwardTarget,
  type PortForward,
  type PortForwardOptions,
} from './tunnels/port-forward.ts';
export { openSshTunnel, type SshTunnel, type SshTunnelOptions } from './tunnels/ssh-tunnel.ts';
export type { SupervisionOptions } from './tunnels/supervised-tunnel.ts';
export type { Tunnel, TunnelAddress, TunnelState } from './tunnels/tunnel.ts';
export {
  createTunnelResolver,
  type NodeRoute,
  type TunnelResolver,
  type TunnelRoute,
} from './tunnels/tunnel-resolver.ts';
export { createTunnelTransport } from './tunnels/tunnel-transport.ts';
