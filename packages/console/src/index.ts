/** The door `@convoy/console`: starts the web console. The messages of its clients are at `./protocol`. */

export { ConsoleError, type ConsoleErrorCode } from './errors.ts';
export type { Logger } from './live/live-context.ts';
export { type ConsoleOptions, type RunningConsole, startConsole } from './server.ts';
