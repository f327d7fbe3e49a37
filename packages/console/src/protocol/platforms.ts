/** Messages about the platforms of a console: what each asks before it opens a place and launches nodes there. */

import { z } from 'zod';

/** A field of a form. Labels and explanations belong to the client. */
export const formFieldSchema = z.object({
  /** Name of its value in the request. */
  key: z.string(),
  /**
   * `secret` is a text that is not shown. `choice` is one of `choices`. `variables` are environment variables by name, whose
   * values are secrets.
   */
  type: z.enum(['text', 'secret', 'choice', 'number', 'flag', 'variables']),
  required: z.boolean(),
  /** The value is an object with one value for each of these, none of which is required. */
  each: z.array(z.string()).optional(),
  /** Regular expression that the text must match. */
  pattern: z.string().optional(),
  /** Limits of a number, of the length of a text, or of the number of variables. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** Values of a choice. Left out when the platform offers them only once somebody has logged in. */
  choices: z.array(z.string()).optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  /** Values to offer, besides any other. */
  suggestions: z.array(z.string()).optional(),
});
/** The type of `formFieldSchema`. */
export type FormFieldView = z.infer<typeof formFieldSchema>;

/** A platform that nodes can be launched on. */
export const platformSchema = z.object({
  /** `local`, `ssh`, `railway`: the `kind` of its places. */
  kind: z.string(),
  /** What it asks before it can be used. */
  login: z.array(formFieldSchema),
  /** What it asks before a place is opened: a host, an environment. */
  open: z.array(formFieldSchema),
  /** What it asks before nodes are launched in a place. `count` nodes are as many requests. */
  launch: z.array(formFieldSchema),
});
/** The type of `platformSchema`. */
export type PlatformView = z.infer<typeof platformSchema>;
