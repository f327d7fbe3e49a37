/** Messages by which a page logs in and authenticates its socket. */

import { z } from 'zod';

/** Body of `POST /api/session`: the token of the printed link. The answer sets an HttpOnly cookie. */
export const loginRequestSchema = z.object({ token: z.string().min(16).max(256) });
/** The type of `loginRequestSchema`. */
export type LoginRequest = z.infer<typeof loginRequestSchema>;

/** Answer of `POST /api/tickets`: valid for one socket, for 30 seconds. */
export const ticketSchema = z.object({ ticket: z.string(), expiresAt: z.number() });
/** Answer of `POST /api/tickets`. `expiresAt` is in milliseconds since 1970. */
export type Ticket = z.infer<typeof ticketSchema>;
