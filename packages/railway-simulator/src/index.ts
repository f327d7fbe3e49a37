/** The entry point `@convoy/railway-simulator`: a simulated Railway that really runs what is deployed to it. */

export type { Principal } from './api/access.ts';
export type { RequestLimit } from './api/request-window.ts';
export { railwaySchemaExcerpt } from './api/schema-excerpt.ts';
export type { ContainerOptions } from './containers/container-runner.ts';
export { openLocalRuntime } from './containers/local-runtime.ts';
export type {
  LineListener,
  SimulatedDns,
  SimulatedEndpoint,
  SimulatedExit,
  SimulatedHandle,
  SimulatedLaunch,
  SimulatedRuntime,
  SimulatedService,
  SimulatedSocket,
} from './containers/simulated-runtime.ts';
export { missingNamespaces } from './namespaces/iproute.ts';
export { openNamespaceRuntime } from './namespaces/namespace-runtime.ts';
export {
  type RailwaySimulator,
  type RailwaySimulatorOptions,
  type SimulatedPlace,
  type SimulatedRelay,
  startRailwaySimulator,
} from './railway-simulator.ts';
export type { HeldStatus } from './world/deployment-engine.ts';
export type { BuildFault, DeployFault, RequestFault, SimulatedFault } from './world/simulated-faults.ts';
