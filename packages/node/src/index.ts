/** The entry point `@convoy/node`: start a node and join a cluster. Includes the term types; their codec is at `./etf`. */

export * from './errors.ts';
export { type NodeEventName, type NodeEvents, type MessageDropReason, subscribeEvent } from './events.ts';
export { type Clock, systemClock, type Timer } from './clock.ts';
export { defaultLimits, type Limits } from './limits.ts';
export {
  Atom,
  atom,
  atomName,
  atomOf,
  BitString,
  type DecodeOptions,
  equals,
  ExportFun,
  Float,
  float,
  Fun,
  ImproperList,
  inspect,
  NativeRecord,
  Pid,
  Port,
  Reference,
  type Term,
  termKey,
  TermMap,
  Tuple,
  tuple,
} from './etf/index.ts';
export type { PeerInfo } from './net/connection.ts';
export { createChainResolver, type ChainOptions } from './net/resolvers/chain-resolver.ts';
export { createEpmdResolver, type EpmdResolverOptions } from './net/resolvers/epmd-resolver.ts';
export { createMemoryNetwork, type MemoryNetwork } from './net/transports/memory.ts';
export { createNameEncodedResolver, type NameEncodedOptions } from './net/resolvers/name-encoded-resolver.ts';
export type {
  RegisteredName,
  Registration,
  RegistrationRequest,
  ResolvedAddress,
  ResolveOptions,
  Resolver,
} from './net/resolver.ts';
export {
  createNoResolver,
  createStaticResolver,
  type StaticAddresses,
} from './net/resolvers/static-resolver.ts';
export { createStaticPortResolver, type StaticPortOptions } from './net/resolvers/static-port-resolver.ts';
export { createSocketStream, type SocketStreamOptions } from './net/transports/socket-stream.ts';
export { createOwnerCheck, isOwnAddress, type OwnerCheckOptions } from './net/transports/owner-check.ts';
export type { StreamEnd, StreamEnds } from './net/transports/socket-table.ts';
export { createTcpTransport, type TcpTransportOptions } from './net/transports/tcp.ts';
export { createTlsTransport, type TlsTransportOptions } from './net/transports/tls.ts';
export type { TlsOptions, TlsVersion } from './net/transports/tls-options.ts';
export type {
  ByteStream,
  ConnectStreamOptions,
  Listener,
  ListenOptions,
  Transport,
  TransportAddress,
} from './net/transport.ts';
export type {
  CallContext,
  ExposedFunction,
  ExposedFunctionWithContext,
} from './node/calls/exposed-functions.ts';
export type { NodeGlobal } from './node/global/node-global.ts';
export type { CallOptions } from './node/gen-client.ts';
export { type GenCaller, parseGenRequest, replyToGenCall } from './node/gen/gen-requests.ts';
export { type GenCallbacks, type GenContext, noReply } from './node/gen/gen-callbacks.ts';
export { serveGenServer } from './node/gen/gen-server.ts';
export type { NodeDownListener, NodeUpListener, SendOptions } from './node/runtime/node-core.ts';
export type { ConnectOptions, NodeKind } from './node/runtime/connect-options.ts';
export { parseNodeName } from './node/options/node-name.ts';
export { isLoopbackHost } from './node/options/host-name.ts';
export type { NodeName } from './names.ts';
export type { Cookie } from './node/options/cookie.ts';
export type { EpmdChoice, ListenChoice, NodeOptions, PortChoice } from './node/options/node-options.ts';
export type { RunWork } from './node/options/run-work.ts';
export type { NodeProcesses } from './process/node-processes.ts';
export type { BlockedReport } from './node/options/blocked-printer.ts';
export { type CrashReport, formatCrashReport } from './process/crash-report.ts';
export type { NameRegistry, ServerName } from './node/server-names.ts';
export { type CloseOptions, Node, startNode } from './node/start-node.ts';
export type { RpcOptions } from './node/calls/rpc.ts';
export type { SpawnedProcess, SpawnOnOptions } from './node/calls/spawn-client.ts';
export type {
  AliasOptions,
  DemonitorOptions,
  MonitorOptions,
  MonitorTarget,
  PriorityOptions,
  Process,
  ProcessFunction,
  ReceiveOptions,
  ServerCallbacks,
  SpawnOptions,
  WaitingSendOptions,
} from './process/process.ts';
export type { Destination, RemoteName } from './process/router.ts';
export { visibleText } from './visible-text.ts';
