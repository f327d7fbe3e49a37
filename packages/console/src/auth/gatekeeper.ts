/**
 * Decides who a request or a socket belongs to. A page has a session cookie, got for the token of the printed link; the
 * command sends the token itself. Both are needed on loopback too: other users and every page in every browser of this
 * machine can reach loopback. Wrong tokens are counted per address and soon refused unread.
 */

import { ConsoleError } from '../errors.ts';
import { isSameOrigin } from './allowed-hosts.ts';
import { digestOf, isSecretOf } from './secrets.ts';
import { type Session, SessionTable } from './session-table.ts';
import { Throttle } from './throttle.ts';
import { TicketTable } from './ticket-table.ts';

/** Who acts. `session` is left out for the command. */
export interface Actor {
  /** For audit entries: `token` or the session's public label. */
  readonly label: string;
  readonly address: string;
  readonly session?: Session;
}

/** What of a request decides. */
export interface Credentials {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** The session cookie's value. */
  readonly cookie: string | undefined;
  /** Where it comes from. */
  readonly address: string;
}

const guesses = { burst: 10, perSecond: 0.5 };
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const loginAgain = 'Open the link that `convoy up` printed.';

export class Gatekeeper {
  readonly #tokenDigest: Buffer;
  readonly #hosts: ReadonlySet<string>;
  readonly #sessions = new SessionTable();
  readonly #tickets = new TicketTable<Actor>();
  readonly #guesses = new Throttle(guesses);
  readonly #now: () => number;

  constructor(options: { token: string; hosts: ReadonlySet<string>; now?: () => number }) {
    this.#tokenDigest = digestOf(options.token);
    this.#hosts = options.hosts;
    this.#now = options.now ?? Date.now;
  }

  /** Throws CONSOLE_WRONG_HOST unless the request names this console. */
  checkHost(host: string | undefined): void {
    if (host !== undefined && this.#hosts.has(host.toLowerCase())) return;
    throw new ConsoleError('CONSOLE_WRONG_HOST', 'this console is not known by that host name', {
      remedy: 'Open it by the link that `convoy up` printed, or allow the name with allowedHosts.',
    });
  }

  /** Throws CONSOLE_WRONG_ORIGIN when a page of another site sent it, or nobody says which did and it matters. */
  checkOrigin(credentials: Credentials, method: string): void {
    const { origin, host = '', authorization } = credentials;
    if (origin !== undefined ? isSameOrigin(origin, host) : safeMethods.has(method)) return;
    // A browser always says where an unsafe request comes from, and never sends our token on behalf of a page.
    if (origin === undefined && authorization !== undefined) return;
    throw new ConsoleError('CONSOLE_WRONG_ORIGIN', 'the request comes from another site', {
      remedy: 'Send it from the console’s own page, or with `Authorization: Bearer` and the token.',
    });
  }

  /** Who sent the request. Throws CONSOLE_UNAUTHORIZED, CONSOLE_WRONG_TOKEN or CONSOLE_TOO_MANY. */
  identify(credentials: Credentials): Actor {
    const { authorization, cookie, address } = credentials;
    if (authorization !== undefined) {
      this.#checkToken(/^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '', address);
      return { label: 'token', address };
    }
    const session = cookie === undefined ? undefined : this.#sessions.find(cookie, this.#now());
    if (session !== undefined) return { label: session.label, address, session };
    throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'nobody is logged in', { remedy: loginAgain });
  }

  /** A session for whoever has the token, and the secret for its cookie. */
  login(token: string, address: string): { secret: string; actor: Actor } {
    this.#checkToken(token, address);
    const { secret, session } = this.#sessions.open(this.#now());
    return { secret, actor: { label: session.label, address, session } };
  }

  logout(cookie: string | undefined): boolean {
    return cookie !== undefined && this.#sessions.end(cookie);
  }

  issueTicket(actor: Actor): { ticket: string; expiresAt: number } {
    return this.#tickets.issue(actor, this.#now());
  }

  /** Who asked for the ticket. Throws CONSOLE_UNAUTHORIZED when it is used, old, made up, or its session has ended. */
  redeemTicket(ticket: string): Actor {
    const actor = this.#tickets.redeem(ticket, this.#now());
    if (actor !== undefined && this.isCurrent(actor)) return actor;
    throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'the ticket was used, has expired or never was', {
      remedy: 'Ask for a new one; a ticket is good for one socket and 30 seconds.',
    });
  }

  /** Whether the actor may go on: its session has not ended meanwhile. Counts as use. */
  isCurrent(actor: Actor): boolean {
    const now = this.#now();
    this.#sessions.expire(now);
    if (actor.session === undefined) return true;
    if (!this.#sessions.has(actor.session)) return false;
    actor.session.seenAt = now;
    return true;
  }

  /**
   * The right token is always let in: it is too long to be guessed, and everybody on this machine shares one address, so
   * that refusing it would let any of them lock the owner out. Wrong ones are slowed down and told to wait.
   */
  #checkToken(token: string, address: string): void {
    if (isSecretOf(token, this.#tokenDigest)) return;
    const now = this.#now();
    const waitSeconds = this.#guesses.waitOf(address, now);
    if (waitSeconds > 0) {
      throw new ConsoleError('CONSOLE_TOO_MANY', 'too many wrong tokens from this address', {
        remedy: `Wait ${Math.ceil(waitSeconds)} s and try again.`,
        retryAfterSeconds: Math.ceil(waitSeconds),
      });
    }
    this.#guesses.count(address, now);
    throw new ConsoleError('CONSOLE_WRONG_TOKEN', 'that is not the token of this console', {
      remedy: loginAgain,
    });
  }
}
