/** The entry point `@convoy/cluster/ssh`: hosts reached over SSH, their nodes, and the tunnel to them. */

export {
  HostError,
  type HostErrorCode,
  type PresentedKey,
  SshError,
  type SshErrorCode,
  type SshErrorDetail,
} from '../../errors.ts';
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
} from './connection/ssh-connection.ts';
export { formatSshTarget, parseSshTarget } from './connection/ssh-target.ts';
export { sshForm } from './form.ts';
export {
  type ConnectedNode,
  connectNodeOn,
  type ConnectNodeOptions,
  type ConnectRequest,
} from './host/connect-node.ts';
export { findNodeOn, type FoundNode } from './host/find-node.ts';
export type { HostRuntime, HostRuntimes } from './host/find-runtimes.ts';
export {
  describeHost,
  type HostReport,
  inspectHost,
  type InspectOptions,
  type NodeProcess,
} from './host/inspect-host.ts';
export { type HostNode, listNodes } from './host/list-nodes.ts';
export { portOwnerCheck, type PortOwnerOptions } from './host/port-owner.ts';
export { probeNode, type ProbeOptions } from './host/probe-node.ts';
export { readCookie, type ReadCookieOptions } from './host/read-cookie.ts';
export { openSshTunnel, type SshTunnel, type SshTunnelOptions } from './host/ssh-tunnel.ts';
export { type StartedNode, startNodeOn, type StartNodeOptions } from './host/start-node.ts';
export {
  createSshProvider,
  type NodeMemory,
  type RememberedNode,
  type SshProvider,
  type SshProviderOptions,
} from './provider/ssh-host.ts';
export { dialSsh } from './ssh2/dial-ssh.ts';
export { dialSystemSsh } from './system/dial-system-ssh.ts';
