/**
 * Authenticates requests and sockets. A page has a session cookie, which it received for the token of the printed link; the
 * command sends the token itself. One of them is required on loopback too, because other users, and every page in every
 * browser of this machine, can reach loopback. Wrong tokens are counted and throttled per address.
 */

import type { IncomingMessage } from 'node:http';
import { parse as parseCookies } from 'hono/utils/cookie';
import { ConsoleError } from '../errors.ts';
import { type HostRules, isSameOrigin } from './allowed-hosts.ts';
import { digestOf, isSecretOf } from './secrets.ts';
import { type Session, SessionTable } from './session-table.ts';
import { Throttle } from './throttle.ts';
import { TicketTable } from './ticket-table.ts';
import { type Arrival, countedAs, TrustedProxies } from './trusted-proxies.ts';

/** The authenticated sender of a request. `session` is omitted for the command. */
export interface Actor {
  /** For audit entries: `token` or the session's public label. */
  readonly label: string;
  readonly address: string;
  readonly session?: Session;
}

/** The parts of a request that authentication uses. */
export interface Credentials extends Arrival {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** The session cookie's value. */
  readonly cookie: string | undefined;
  /** `Sec-Fetch-Site`: how the browser classifies the requesting page, which cannot set it. */
  readonly site: string | undefined;
}

/** Options of `Gatekeeper`. */
export interface GatekeeperOptions {
  readonly token: string;
  readonly hosts: HostRules;
  /** Proxies to trust. Default: none. */
  readonly proxies?: TrustedProxies | undefined;
  /** Sessions, possibly saved ones. Default: a new table that is not saved. */
  readonly sessions?: SessionTable | undefined;
  /** Name of the session cookie. */
  readonly cookieName: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Called for each wrong token, however it was sent, with the code of the response. */
  readonly onRefused?: ((address: string, code: string) => void) | undefined;
}

const guesses = { burst: 10, perSecond: 0.5 };
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const ownSites = new Set(['same-origin', 'none']);
const printedLink = 'the link with the token that the console printed at its start';
const loginAgain = `Open ${printedLink}.`;

/** Authenticates requests and sockets. */
export class Gatekeeper {
  readonly #tokenDigest: Buffer;
  readonly #hosts: HostRules;
  readonly #proxies: TrustedProxies;
  readonly #sessions: SessionTable;
  readonly #cookieName: string;
  readonly #tickets = new TicketTable<Actor>();
  readonly #guesses = new Throttle(guesses);
  readonly #now: () => number;
  readonly #onRefused: GatekeeperOptions['onRefused'];

  constructor(options: GatekeeperOptions) {
    this.#tokenDigest = digestOf(options.token);
    this.#hosts = options.hosts;
    this.#proxies = options.proxies ?? new TrustedProxies();
    this.#sessions = options.sessions ?? new SessionTable();
    this.#cookieName = options.cookieName;
    this.#now = options.now ?? Date.now;
    this.#onRefused = options.onRefused;
  }

  /** The parts of a request that authentication uses. */
  credentialsOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): Credentials {
    const { host, origin, authorization, cookie = '' } = headers;
    const site = headers['sec-fetch-site'];
    return {
      ...this.#proxies.arrivalOf(socket.remoteAddress ?? '', headers),
      host,
      origin,
      authorization,
      cookie: parseCookies(cookie, this.#cookieName)[this.#cookieName],
      site: Array.isArray(site) ? site.join() : site,
    };
  }

  /**
   * Throws CONSOLE_WRONG_HOST unless the request names this console, both in `Host` and in the `X-Forwarded-Host` of a
   * trusted proxy. Both are checked because many proxies forward an `X-Forwarded-Host` that the client made up.
   */
  checkHost({ host, forwardedHost }: Credentials): void {
    const wrong = [host, forwardedHost ?? host].find((one) => one === undefined || !this.#hosts.isKnown(one));
    if (wrong === undefined && host !== undefined) return;
    const name = wrong ?? '';
    throw new ConsoleError('CONSOLE_WRONG_HOST', `this console is not known by the host name "${name}"`, {
      remedy: `Open ${printedLink} (through a tunnel: localhost and the port of the tunnel), or add ${allowedHostFor(name)} to allowedHosts.`,
    });
  }

  /** Throws CONSOLE_WRONG_ORIGIN if a page of another site sent the request, or if the request needs an origin and has none. */
  checkOrigin(credentials: Credentials, method: string): void {
    const { origin, authorization, site } = credentials;
    if (origin !== undefined) {
      if (this.#isOwnOrigin(origin, credentials)) return;
      throw wrongOrigin(origin, credentials);
    }
    // Browsers always send the origin of an unsafe request, and never send the token on behalf of a page.
    if (safeMethods.has(method) || authorization !== undefined) return;
    const from = site === undefined ? '' : ` (${site})`;
    throw new ConsoleError('CONSOLE_WRONG_ORIGIN', `the request has no Origin header${from}`, {
      remedy: 'Send it from the console’s own page, or with `Authorization: Bearer` and the token.',
    });
  }

  /**
   * Throws CONSOLE_WRONG_ORIGIN if a browser reads the API on behalf of another site, as an image, a script or a frame.
   * Such requests have no `Origin`. Browsers send `Sec-Fetch-Site` only over TLS and on loopback.
   */
  checkSite({ site }: Credentials): void {
    if (site === undefined || ownSites.has(site)) return;
    throw new ConsoleError(
      'CONSOLE_WRONG_ORIGIN',
      `the request comes from a page of another site (${site})`,
      {
        remedy: 'Open the console itself, or send the request with `Authorization: Bearer` and the token.',
      },
    );
  }

  /** Whether the browser uses TLS, to the console or to a proxy. Its cookie is then limited to TLS. */
  isSecure({ scheme, origin }: Credentials): boolean {
    return scheme === 'https' || origin?.toLowerCase().startsWith('https:') === true;
  }

  #isOwnOrigin(origin: string, { host = '', forwardedHost, scheme }: Credentials): boolean {
    return isSameOrigin(origin, forwardedHost ?? host, scheme) || this.#hosts.isOwnOrigin(origin);
  }

  /** Identifies the sender of a request. Throws CONSOLE_UNAUTHORIZED, CONSOLE_WRONG_TOKEN or CONSOLE_TOO_MANY. */
  identify(credentials: Credentials): Actor {
    const { authorization, cookie, address } = credentials;
    if (authorization !== undefined) {
      this.#checkToken(/^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '', address);
      return { label: 'token', address };
    }
    const session = cookie === undefined ? undefined : this.#sessions.find(cookie, this.#now());
    if (session !== undefined) return { label: session.label, address, session };
    throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'the request is not logged in', { remedy: loginAgain });
  }

  /** Opens a session for the token, and returns the secret for its cookie. Throws CONSOLE_WRONG_TOKEN or CONSOLE_TOO_MANY. */
  login(token: string, address: string): { secret: string; actor: Actor } {
    this.#checkToken(token, address);
    const { secret, session } = this.#sessions.open(this.#now());
    return { secret, actor: { label: session.label, address, session } };
  }

  /** Ends a session and returns it; `undefined` if the cookie belongs to none. */
  logout(cookie: string | undefined): Session | undefined {
    const session = cookie === undefined ? undefined : this.#sessions.find(cookie, this.#now());
    return cookie !== undefined && this.#sessions.end(cookie) ? session : undefined;
  }

  /** Resolves when the logins and logouts so far have been saved, as far as that is possible. Never rejects. */
  get saved(): Promise<void> {
    return this.#sessions.saved;
  }

  /** Issues a single-use ticket for a live socket. */
  issueTicket(actor: Actor): { ticket: string; expiresAt: number } {
    return this.#tickets.issue(actor, this.#now());
  }

  /** The actor who was issued a ticket. Throws CONSOLE_UNAUTHORIZED if it is unknown, used or expired, or if its session has ended. */
  redeemTicket(ticket: string): Actor {
    const actor = this.#tickets.redeem(ticket, this.#now());
    if (actor !== undefined && this.isCurrent(actor)) return actor;
    throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'the ticket is unknown, has been used or has expired', {
      remedy: 'Request a new one; a ticket is valid for one socket and 30 seconds.',
    });
  }

  /** Whether the session of the actor is still valid. Counts as use of the session. */
  isCurrent(actor: Actor): boolean {
    const now = this.#now();
    this.#sessions.expire(now);
    if (actor.session === undefined) return true;
    if (!this.#sessions.has(actor.session)) return false;
    this.#sessions.touch(actor.session, now);
    return true;
  }

  /**
   * The right token is always accepted. It is too long to be guessed, and all users of this machine share one address, so
   * throttling it would let any of them lock the owner out. Wrong tokens are throttled.
   */
  #checkToken(token: string, address: string): void {
    if (isSecretOf(token, this.#tokenDigest)) return;
    const now = this.#now();
    const guesser = countedAs(address);
    const waitSeconds = this.#guesses.waitOf(guesser, now);
    if (waitSeconds > 0) {
      this.#onRefused?.(address, 'CONSOLE_TOO_MANY');
      throw new ConsoleError('CONSOLE_TOO_MANY', 'too many wrong tokens from this address', {
        remedy: `Wait ${Math.ceil(waitSeconds)} s and try again.`,
        retryAfterSeconds: Math.ceil(waitSeconds),
      });
    }
    this.#guesses.count(guesser, now);
    this.#onRefused?.(address, 'CONSOLE_WRONG_TOKEN');
    throw new ConsoleError('CONSOLE_WRONG_TOKEN', 'this is not the token of this console', {
      remedy: loginAgain,
    });
  }
}

/** The entry of `allowedHosts` that accepts `host`; without a port it accepts any. */
function allowedHostFor(host: string): string {
  return /^[\w.:[\]-]{1,255}$/.test(host) ? host.replace(/:\d{1,5}$/, '') : 'NAME';
}

function wrongOrigin(origin: string, { host = '', forwardedHost, scheme }: Credentials): ConsoleError {
  const sentTo = `${scheme}://${forwardedHost ?? host}`;
  const isSchemeOnly = origin.toLowerCase() === `https://${(forwardedHost ?? host).toLowerCase()}`;
  const message = `the request comes from a page of "${origin}", but was sent to "${sentTo}"`;
  return new ConsoleError('CONSOLE_WRONG_ORIGIN', message, {
    remedy: isSchemeOnly
      ? `Behind a TLS proxy, add the proxy's address to trustedProxies, or ${origin} to allowedHosts.`
      : 'Send it from the console’s own page, or with `Authorization: Bearer` and the token.',
  });
}
