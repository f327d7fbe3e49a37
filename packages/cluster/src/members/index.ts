/** The door `@convoy/cluster/members`: a cluster that somebody else runs, seen whole through one of its members. */

export { MembersError, type MembersErrorCode, type MembersErrorDetail } from '../errors.ts';
export type { MemberIdentity, MemberKind, MemberVersions } from './facts/identity.ts';
export type { MemberCall } from './facts/question.ts';
export type { MemberVitals } from './facts/vitals.ts';
export { identifyNode, type IdentifyOptions } from './identify-node.ts';
export {
  type DisconnectForecast,
  forecastDisconnect,
  type MeshLink,
  type MeshMember,
  missingLinks,
} from './mesh/disconnect-forecast.ts';
export {
  foreseeDisconnect,
  reconnectAll,
  type ReconnectOptions,
  type ReconnectResult,
} from './mesh/mesh-acts.ts';
export type { ClusterChange, Member } from './state/cluster-model.ts';
export { watchCluster } from './watch-cluster.ts';
export type { AskOptions, Visit, WatchedCluster } from './state/watched-cluster.ts';
export type { WatchOptions } from './watch-options.ts';
