/** The entry point `@convoy/node/epmd`: a client for the Erlang port mapper daemon, and a daemon that replaces it. */

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
