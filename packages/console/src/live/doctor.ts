/** The doctor of this console: diagnoses nodes over the route and with the cookie that the console uses for them. */

import { diagnose, diagnosePair, type Diagnosis } from '@convoy/cluster/doctor';
import type { RailwayProvider } from '@convoy/cluster/railway';
import { createOwnerCheck, createTcpTransport } from '@convoy/node';
import { ConsoleError } from '../errors.ts';
import type { DoctorRequest } from '../protocol/index.ts';
import type { OwnNodes } from './own-nodes.ts';
import type { SshHosts } from './ssh-hosts.ts';

/** Options of `Doctor`. */
export interface DoctorOptions {
  readonly own: OwnNodes;
  /** Cookie of the local cluster. */
  readonly cookie: string;
  readonly epmdPort: number;
  readonly hosts: SshHosts;
  /** The provider of a node in a Railway environment; `undefined` for other nodes. */
  readonly railwayOf: (node: string) => RailwayProvider | undefined;
}

const maxAtOnce = 4;
const stepTimeoutMs = 5000;

/** Diagnoses connections, a few at a time. */
export class Doctor {
  readonly #options: DoctorOptions;
  #running = 0;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** Resolves with the diagnosis. Rejects with CONSOLE_TOO_MANY. */
  async examine(request: DoctorRequest): Promise<Diagnosis> {
    if (this.#running >= maxAtOnce) {
      throw new ConsoleError(
        'CONSOLE_TOO_MANY',
        `${maxAtOnce} diagnoses are in progress, which is the limit`,
        { remedy: 'Try again in a moment.' },
      );
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
      return railway.examine(target, (route) => diagnose(target, { timeoutMs: stepTimeoutMs, ...route }));
    }
    const route = await hosts.diagnosisOptionsFor(target);
    // Any user of this machine can register that name with EPMD.
    const transport = createTcpTransport({ checkStream: createOwnerCheck() });
    return diagnose(target, { cookie, epmdPort, timeoutMs: stepTimeoutMs, transport, ...route });
  }
}
