/** The doctor of this console: knows by which way and with which cookie each node is reached, and examines it. */

import { diagnose, diagnosePair, type Diagnosis } from '@convoy/cluster/doctor';
import type { RailwayProvider } from '@convoy/cluster/railway';
import { createOwnerCheck, createTcpTransport } from '@convoy/node';
import { ConsoleError } from '../errors.ts';
import type { DoctorRequest } from '../protocol/index.ts';
import type { OwnNodes } from './own-nodes.ts';
import type { SshHosts } from './ssh-hosts.ts';

export interface DoctorOptions {
  readonly own: OwnNodes;
  /** Of the local cluster. */
  readonly cookie: string;
  readonly epmdPort: number;
  readonly hosts: SshHosts;
  /** The provider of an environment of Railway that a node is of; `undefined` for other nodes. */
  readonly railwayOf: (node: string) => RailwayProvider | undefined;
}

const maxAtOnce = 4;
const stepTimeoutMs = 5000;

export class Doctor {
  readonly #options: DoctorOptions;
  #running = 0;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** Resolves with what was found, whatever is wrong. Rejects with CONSOLE_TOO_MANY. */
  async examine(request: DoctorRequest): Promise<Diagnosis> {
    if (this.#running >= maxAtOnce) {
      throw new ConsoleError('CONSOLE_TOO_MANY', 'the doctor is busy', { remedy: 'Try again in a moment.' });
    }
    this.#running += 1;
    try {
      return await this.#examine(request);
    } finally {
      this.#running -= 1;
    }
  }

  async #examine({ node: target, from }: DoctorRequest): Promise<Diagnosis> {
    const { own, cookie, epmdPort, hosts, railwayOf } = this.#options;
    if (from !== undefined) return diagnosePair(from, target, { node: own.of(from).node });
    const railway = railwayOf(target);
    if (railway !== undefined) {
      return railway.examine(target, (way) => diagnose(target, { timeoutMs: stepTimeoutMs, ...way }));
    }
    const way = await hosts.wayTo(target);
    // EPMD may know a node of any user of this machine by that name.
    const transport = createTcpTransport({ checkStream: createOwnerCheck() });
    return diagnose(target, { cookie, epmdPort, timeoutMs: stepTimeoutMs, transport, ...way });
  }
}
