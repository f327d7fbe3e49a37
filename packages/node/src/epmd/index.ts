/** Door `@convoy/node/epmd`: a client of the Erlang port mapper daemon, and a daemon that takes its place. */
export {
  defaultEpmdPort,
  EpmdClient,
  type EpmdClientOptions,
  type EpmdLookup,
  type EpmdRegisterRequest,
  type EpmdRegistration,
} from './client.ts';
export type { OpenStream } from './exchange.ts';
export type { DumpedName, ListedName } from './messages.ts';
export { type EpmdServer, type EpmdServerOptions, startEpmdServer } from './server.ts';
