/** Why a node cannot be reached, as the page and the command are told. */

import { z } from 'zod';

/** Body of `POST /api/doctor`. */
export const doctorRequestSchema = z.object({
  /** Full name of the node that is to be reached. */
  node: z.string().min(3).max(255),
  /** Asks that node to reach the other one. Left out: from the console. */
  from: z.string().min(3).max(255).optional(),
});
export type DoctorRequest = z.infer<typeof doctorRequestSchema>;

/** One thing that is wrong: a sentence, what was seen, and what to do. */
export const faultSchema = z.object({
  code: z.string(),
  sentence: z.string(),
  evidence: z.array(z.string()),
  remedy: z.string(),
  /** The value it is about, such as the user that owns a port. */
  value: z.string().optional(),
});

export const diagnosisSchema = z.object({
  node: z.string(),
  from: z.string(),
  ok: z.boolean(),
  steps: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      status: z.enum(['ok', 'failed', 'warning', 'skipped']),
      detail: z.string(),
      durationMs: z.number(),
    }),
  ),
  /** The first thing wrong. */
  fault: faultSchema.optional(),
  /** Not wrong, but worth knowing. */
  warnings: z.array(faultSchema),
});
export type DiagnosisView = z.infer<typeof diagnosisSchema>;
