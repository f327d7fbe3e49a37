/** The door `@convoy/cluster`: the contracts, launching nodes on this computer, and tunnels. */

export { releaseNode, claimNode } from './launch/node-ownership.ts';
export { childEnvironment, type ChildPurpose } from './child-environment.ts';
export {
  ProviderError,
  type ProviderErrorCode,
  type ProviderErrorDetail,
  TunnelError,
  type TunnelErrorCode,
} from './errors.ts';
export { isAlive } from './is-alive.ts';
export { isRunning, startOfProcess } from './process-identity.ts';
export { formatExit, type LocalCommand, OwnedProcess } from './launch/child-process.ts';
export type { AdoptingProvider } from './launch/adoption.ts';
export type { NodeMemory, RememberedNode } from './launch/remembered-node.ts';
export type { FormField, PlatformForm } from './forms/form.ts';
export { launchVariableLimits } from './forms/launch-limits.ts';
export { NodeLog } from './launch/node-log.ts';
export type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  LaunchStep,
  NodeExit,
  Provider,
  ProviderCapability,
  ProviderLog,
  ProviderLogLine,
  ProviderNodeKind,
  ProviderRequest,
} from './launch/provider.ts';
export { type StepOutcome, StepRecorder } from './launch/step-recorder.ts';
export { type NodeSecrets, prepareFolder } from './platforms/local/local-command.ts';
export { localForm, type LocalFormOptions } from './platforms/local/form.ts';
export {
  createLocalProvider,
  type LocalProvider,
  type LocalProviderOptions,
  prepareNodesFolder,
} from './platforms/local/local-process.ts';
export { LocalPrograms } from './platforms/local/local-programs.ts';
export {
  forwardPort,
  type ForwardTarget,
  type PortForward,
  type PortForwardOptions,
} from './tunnels/port-forward.ts';
export type { SupervisionOptions } from './tunnels/supervised-tunnel.ts';
export {
  createTunnelResolver,
  type NodeRoute,
  type TunnelResolver,
  type TunnelRoute,
} from './tunnels/tunnel-resolver.ts';
export { createTunnelTransport } from './tunnels/tunnel-transport.ts';
export type { Tunnel, TunnelAddress, TunnelState } from './tunnels/tunnel.ts';
