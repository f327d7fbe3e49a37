/** The entry point `@convoy/node/pg`: process groups, as Erlang's `pg`. */

export type { GroupChangeEvent } from './change-listeners.ts';
export { PgError, type PgErrorCode } from './pg-error.ts';
export type { PgHost } from './pg-host.ts';
export { type GroupMonitor, type PgOptions, ProcessGroups, startProcessGroups } from './process-groups.ts';
export { defaultPgLimits, type PgLimits } from './state/remote-members.ts';
