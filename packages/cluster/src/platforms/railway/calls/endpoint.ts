/** The endpoint of Railway's API: HTTPS, or plain HTTP on this computer only, because it receives the token. Pure. */

import { RailwayError } from '../model/railway-error.ts';

const railwayEndpoint = 'https://backboard.railway.com/graphql/v2';

export interface RailwayEndpoint {
  readonly http: string;
  readonly socket: string;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Validates an endpoint. Throws RAILWAY_BAD_ENDPOINT. */
export function parseEndpoint(text: string = railwayEndpoint): RailwayEndpoint {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '') {
    const shown = url === null ? text : `${url.protocol}//${url.host}${url.pathname}`;
    throw new RailwayError('RAILWAY_BAD_ENDPOINT', `${shown} is not a valid endpoint of Railway's API`, {
      remedy: `Leave it out to use ${railwayEndpoint}, or use http://127.0.0.1:PORT/graphql/v2 for a simulator.`,
    });
  }
  url.hash = '';
  const socket = new URL(url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return { http: url.href, socket: socket.href };
}
