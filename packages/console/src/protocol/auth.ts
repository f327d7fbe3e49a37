/** Bodies of the requests by which a page proves who it is. */

import { z } from 'zod';

/** Body of `POST /api/session`: the token of the printed link. The answer sets an HttpOnly cookie. */
export const loginRequestSchema = z.object({ token: z.string().min(16).max(256) });
export type LoginRequest = z.infer<typeof loginRequestSchema>;

/** Answer of `POST /api/tickets`: good for one socket, for 30 seconds. */
export const ticketSchema = z.object({ ticket: z.string(), expiresAt: z.number() });
export type Ticket = z.infer<typeof ticketSchema>;
