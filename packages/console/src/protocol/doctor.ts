/** Messages of the doctor, which explains why a node cannot be reached. */

import { z } from 'zod';

/** Body of `POST /api/doctor`. */
export const doctorRequestSchema = z.object({
  /** Full name of the node to reach. */
  node: z.string().min(3).max(255),
  /** Full name of the node to diagnose the connection from. Default: the console. */
  from: z.string().min(3).max(255).optional(),
});
/** The type of `doctorRequestSchema`. */
export type DoctorRequest = z.infer<typeof doctorRequestSchema>;

/** A fault that was found: a sentence, the evidence, and a remedy. */
export const faultSchema = z.object({
  code: z.string(),
  sentence: z.string(),
  evidence: z.array(z.string()),
  remedy: z.string(),
  /** The causes that fit the evidence equally, and how to tell which it is. */
  possible: z.array(z.object({ cause: z.string(), check: z.string() })).optional(),
  /** The value that the fault is about, such as the user who owns a port. */
  value: z.string().optional(),
});

/** Answer of `POST /api/doctor`. Durations are in milliseconds. */
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
  /** The fault that everything that was seen points to. */
  fault: faultSchema.optional(),
  /** Findings that do not prevent the connection. */
  warnings: z.array(faultSchema),
});
/** The type of `diagnosisSchema`. */
export type DiagnosisView = z.infer<typeof diagnosisSchema>;
