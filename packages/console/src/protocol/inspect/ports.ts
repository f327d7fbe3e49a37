/** The ports and sockets of a node. */

import { z } from 'zod';
import { inspectAnswerSchema, numberText } from './answer.ts';

const portAddressSchema = z.object({
  /** An IP address, or the path of a Unix socket. */
  host: z.string(),
  port: z.number().optional(),
});

/** A port, or a socket of the module `socket`. */
export const portRowSchema = z.object({
  kind: z.enum(['port', 'socket']),
  /** As its node prints it: `#Port<0.5>`. */
  id: z.string(),
  /** `tcp_inet`, `udp_inet`, the command of a program; `inet stream tcp` of a socket. */
  name: z.string(),
  owner: z.string().optional(),
  ownerName: z.string().optional(),
  ownerCall: z.string().optional(),
  local: portAddressSchema.optional(),
  remote: portAddressSchema.optional(),
  inputBytes: z.number().optional(),
  outputBytes: z.number().optional(),
  /** Waiting to be sent; a socket does not tell. */
  queueBytes: z.number().optional(),
  osPid: z.number().optional(),
});

/** Query of `GET /api/nodes/:name/ports`. */
export const portsQuerySchema = z.object({
  sort: z.enum(['queue', 'input', 'output']).optional(),
  limit: numberText('number of ports, up to 500; default 50'),
  port: numberText('only those with this port number at either end'),
  filter: z
    .string()
    .min(1)
    .max(200)
    .describe('text in the name, in an address or in the name of the owner')
    .optional(),
});

/** The top ports and sockets of a node. */
export const portListSchema = z.object({
  total: z.number(),
  /** Those that were looked at. */
  seen: z.number(),
  matching: z.number(),
  rows: z.array(portRowSchema),
});
/** The type of `portListSchema`. */
export type PortListView = z.infer<typeof portListSchema>;

/** Answer of `GET /api/nodes/:name/ports`. */
export const portsAnswerSchema = inspectAnswerSchema(portListSchema);
