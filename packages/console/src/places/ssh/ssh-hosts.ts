/** The platform of hosts that are reached by SSH. */

import type { PlatformForm } from '@convoy/cluster';
import { parseSshTarget, sshForm } from '@convoy/cluster/ssh';
import { ConsoleError, problemOf } from '../../errors.ts';
import { checkForm } from '../form-schema.ts';
import { OpenPlaces, type PlaceContext } from '../open-places.ts';
import type { Platform } from '../place.ts';
import type { AttachRequest, HostRequest, HostView } from '../../protocol/index.ts';
import { type HostLinks, isSshKey, keyOf, SshPlace } from './ssh-place.ts';

/** What the platform needs besides the context of all. */
export interface SshSettings {
  readonly links: HostLinks;
  /** The console's own cookie, for nodes that use the same. */
  readonly cookie: string;
}

/** Closing must not hold up the console, which must end within five seconds. */
const stopGraceMs = 4000;

/** The connected hosts. */
export class SshHosts implements Platform {
  readonly kind = 'ssh';
  readonly form: PlatformForm;
  readonly #context: PlaceContext;
  readonly #settings: SshSettings;
  readonly #hosts: OpenPlaces<SshPlace>;

  constructor(context: PlaceContext, settings: SshSettings) {
    this.#context = context;
    this.#settings = settings;
    this.form = sshForm(context);
    this.#hosts = new OpenPlaces(context, {
      limit: 16,
      full: { what: 'hosts are connected', remedy: 'Disconnect one of them first.' },
      unknown: { what: 'no connected host', remedy: 'GET /api/hosts lists the connected hosts.' },
      stopGraceMs,
    });
  }

  views(): HostView[] {
    return this.#hosts.views;
  }

  /** The host with this id. Throws CONSOLE_NOT_FOUND. */
  view(id: string): HostView {
    return this.#hosts.find(id).view;
  }

  /** Starts to connect. Resolves with the existing host of the same name, unless it has failed. Rejects with SSH_BAD_TARGET or CONSOLE_TOO_MANY. */
  async open(request: HostRequest): Promise<HostView> {
    checkForm(this.form.open, request);
    const target = parseSshTarget(request.target);
    const options = { context: this.#context, hosts: this.#hosts, ...this.#settings };
    const place = await this.#hosts.open(keyOf(target), async (add) => {
      const added = add(new SshPlace(target, options));
      added.open(request);
      return added;
    });
    return place.view;
  }

  /**
   * The host with this target, once it is up; it is connected unless it is already. Rejects with SSH_BAD_TARGET, CONSOLE_TOO_MANY or
   * CONSOLE_NODE_NOT_UP.
   */
  async reach(target: string): Promise<SshPlace> {
    const { id } = await this.open({ target, acceptNewHostKey: false });
    const place = this.#hosts.find(id);
    await place.opening;
    const { state, problem } = place.view;
    if (state !== 'failed') return place;
    const message = `${place.label} cannot be reached${problem === undefined ? '' : `: ${problem.message}`}`;
    throw new ConsoleError('CONSOLE_NODE_NOT_UP', message, { remedy: problem?.remedy });
  }

  /** Connects to the hosts on which the previous console left nodes running. */
  async reopen(): Promise<void> {
    const { logger } = this.#context;
    for (const name of this.#settings.links.places.filter(isSshKey)) {
      this.open({ target: name, acceptNewHostKey: false }).catch((error: unknown) =>
        logger.warn(
          { host: name, error: problemOf(error) },
          'cannot reconnect to a host of the previous console',
        ),
      );
    }
  }

  /** Lists the nodes on the host again. Rejects with CONSOLE_NOT_FOUND, CONSOLE_NODE_NOT_UP or `SshError`. */
  async refresh(id: string): Promise<HostView> {
    return this.#hosts.find(id).refresh();
  }

  /** Connects to a node that is running on the host, and adds it to the nodes. */
  async attach(id: string, request: AttachRequest): Promise<void> {
    await this.#context.attached.attach(this.#hosts.find(id).attachRoute(request));
  }

  /** Stops the nodes launched on the host, leaves kept ones and those of others running, and closes the tunnel. Rejects with CONSOLE_NOT_FOUND. */
  close(id: string): Promise<void> {
    return this.#hosts.close(id);
  }

  closeAll(): Promise<void> {
    return this.#hosts.closeAll();
  }
}
