/** The door `@convoy/node/epmd`: a client of EPMD daemons, and a daemon. */

export {
  defaultEpmdPort,
  EpmdClient,
  type EpmdClientOptions,
  type EpmdEntry,
  type EpmdRegistration,
  type RegisterOptions,
} from './client.ts';
export { type NamesReply, type NodeType } from './messages.ts';
export { type EpmdServer, type EpmdServerOptions, startEpmdServer } from './server.ts';
