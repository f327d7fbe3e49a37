/** The door `@convoy/cluster/logs`: following the loggers of nodes, with nothing installed there. */

export type { InspectProblem, InspectProblemKind } from '../inspect/read/answer.ts';
export {
  type FollowAnswer,
  type FollowedLogger,
  followLogger,
  type FollowLoggerOptions,
} from './follow-logger.ts';
export { type LoggerEvent, type LogLevel, logLevels } from './read-events.ts';
