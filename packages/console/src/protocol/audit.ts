/** Messages about the audit log. */

import { z } from 'zod';

/** An entry of the audit log. */
export const auditEntrySchema = z.object({
  /** When, in ISO 8601: `2026-12-01T10:00:00.000Z`. */
  at: z.string(),
  /** What was done: `login`, `node.launch`, `shell.open`. */
  event: z.string(),
  /** Who did it: the label of a session, `token` for the command, or `nobody` for a refused login. */
  actor: z.string(),
  /** The address that the request came from. */
  address: z.string(),
  node: z.string().optional(),
  /** The other fields of the entry: names only, never a secret. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
/** The type of `auditEntrySchema`. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Answer of `GET /api/audit`. */
export const auditPageSchema = z.object({
  /** The entries, the newest first. */
  entries: z.array(auditEntrySchema),
  /** For `before` of the next request; missing on the last page. */
  next: z.string().optional(),
});
/** The type of `auditPageSchema`. */
export type AuditPage = z.infer<typeof auditPageSchema>;

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'must be a day (2026-12-01, in UTC) or a time with its zone (2026-12-01T10:00:00Z)',
});

/** Query of `GET /api/audit`. */
export const auditQuerySchema = z.object({
  node: z
    .string()
    .min(1)
    .max(300)
    .describe(
      'id of a node, or the part of its name before the @; also finds entries in which it is the peer',
    )
    .optional(),
  act: z
    .string()
    .max(40)
    .regex(/^[a-z]+(?:\.[a-z]+)?$/, 'must be an act such as node.launch, or the part before its point')
    .describe('an act (`node.launch`), or all that begin alike (`node`)')
    .optional(),
  actor: z.string().min(1).max(100).describe('label of a session, or `token`').optional(),
  from: time.describe('only entries from this time on').optional(),
  to: time.describe('only entries before this time').optional(),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next` of an earlier answer')
    .describe('the `next` of the previous page')
    .optional(),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/, 'must be a whole number from 1 to 1000')
    .describe('maximum number of entries, default 100')
    .optional(),
});
