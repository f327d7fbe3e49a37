/**
 * Messages about what nodes log: their output, and the events of their loggers. A node has one log for both, whose lines are numbered from 1. `id`
 * of a node and `seq` of a line therefore name a line, also after the console was restarted. Times are in milliseconds since 1970.
 */

import { z } from 'zod';

/** The levels of OTP's logger, the least severe first. */
export const logLevels = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

/** A level of OTP's logger. */
export const logLevelSchema = z.enum(logLevels);
/** The type of `logLevelSchema`. */
export type LogLevel = z.infer<typeof logLevelSchema>;

/** Which lines of a log: what the node printed, what its logger reported, or both. */
export const logSourceSchema = z.enum(['output', 'logger', 'all']);
/** The type of `logSourceSchema`. */
export type LogSource = z.infer<typeof logSourceSchema>;

/** A line of the log of a node. `seq` numbers the lines of a node, those of its output and those of its logger together. */
export const logLineSchema = z.object({
  seq: z.number(),
  /** When the node logged it; for output, when it was read. */
  at: z.number(),
  /** `logger` for an event of the logger of the node, and for lines of the console about following it. */
  stream: z.enum(['stdout', 'stderr', 'logger']),
  /** One line of output, at most 4096 characters. The text of an event may have several lines: at most 4000 characters in all. */
  text: z.string(),
  /** The level of an event; of a line of output only where its text states it: `[error]`, `=ERROR REPORT====`. */
  level: logLevelSchema.optional(),
  /**
   * What the event says about itself: `pid`, `mfa`, `domain`, `file`, `line`, `application`, `registered_name` and what the program has added, by
   * key. At most 20 entries of at most 200 characters.
   */
  meta: z.record(z.string(), z.string()).optional(),
  /** So many events or lines before this one were dropped, by the node or by the console. `text` says so, too. */
  dropped: z.number().optional(),
});
/** The type of `logLineSchema`. */
export type LogLine = z.infer<typeof logLineSchema>;

const wholeNumber = z.string().regex(/^\d{1,15}$/, 'must be a whole number');

/** Which lines a query finds. All conditions must hold. */
const logFilter = {
  source: logSourceSchema.describe('lines of the `output`, of the `logger`, or `all` (default)').optional(),
  level: logLevelSchema
    .describe('only lines of this level or a more severe one; lines without a level are left out')
    .optional(),
  match: z
    .string()
    .min(1)
    .max(200)
    .describe(
      'only lines whose text matches this regular expression of JavaScript; `(?i)` at its start ignores case',
    )
    .optional(),
  since: wholeNumber.describe('only lines from this time on, in milliseconds since 1970').optional(),
  until: wholeNumber.describe('only lines before this time, in milliseconds since 1970').optional(),
  after: wholeNumber.describe('only lines after the one with this `seq`').optional(),
  before: wholeNumber.describe('only lines before the one with this `seq`').optional(),
};

/** Query of `GET /api/nodes/:name/logs`. */
export const logQuerySchema = z.object({
  lines: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .describe(
      'maximum number of lines, default 100, at most 2000: the last ones, or with `after` and without `before` the first ones',
    )
    .optional(),
  ...logFilter,
});
/** The type of `logQuerySchema`. */
export type LogQuery = z.infer<typeof logQuerySchema>;

/** Query of `GET /api/nodes/:name/logs/download`. */
export const logDownloadQuerySchema = z.object({
  format: z
    .enum(['text', 'jsonl'])
    .describe('`text` (default): time, level, stream and text; `jsonl`: a JSON object for each line')
    .optional(),
  ...logFilter,
});
/** The type of `logDownloadQuerySchema`. */
export type LogDownloadQuery = z.infer<typeof logDownloadQuerySchema>;
