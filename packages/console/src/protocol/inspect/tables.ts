/** The ETS tables of a node, and rows of one. */

import { z } from 'zod';
import { inspectAnswerSchema, numberText } from './answer.ts';

/** An ETS table. */
export const tableRowSchema = z.object({
  /** What the route for its rows takes: its name, or its reference as its node prints it. */
  table: z.string(),
  name: z.string(),
  type: z.string().optional(),
  protection: z.string().optional(),
  owner: z.string().optional(),
  size: z.number().optional(),
  memoryBytes: z.number().optional(),
});
/** The type of `tableRowSchema`. */
export type TableRowView = z.infer<typeof tableRowSchema>;

/** Query of `GET /api/nodes/:name/tables`. */
export const tablesQuerySchema = z.object({
  sort: z.enum(['memory', 'size']).optional(),
  limit: numberText('number of tables, up to 500; default 50'),
});

/** Query of `GET /api/nodes/:name/tables/:table/rows`. */
export const tableRowsQuerySchema = z.object({
  limit: numberText('number of rows, up to 200; default 20'),
  key: z
    .string()
    .min(1)
    .max(10_000)
    .describe('an Erlang term, which is read and never evaluated: only the rows with this key')
    .optional(),
});

/** Answer of `GET /api/nodes/:name/tables`. */
export const tablesAnswerSchema = inspectAnswerSchema(
  z.object({ total: z.number(), rows: z.array(tableRowSchema) }),
);
/** Answer of `GET /api/nodes/:name/tables/:table/rows`: rows as Erlang text, in the order of the table. */
export const tableRowsAnswerSchema = inspectAnswerSchema(
  z.object({
    total: z.number(),
    limit: z.number(),
    rows: z.array(z.string()),
    /** With a key: the number of rows that have it. */
    found: z.number().optional(),
  }),
);
