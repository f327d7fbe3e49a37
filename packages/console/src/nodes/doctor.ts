/** The doctor of this console: diagnoses nodes over the route and with the cookie that the console uses for them. */

import { diagnose, diagnosePair, type Diagnosis } from '@convoy/cluster/doctor';
import { ConsoleError } from '../errors.ts';
import type { Place, Way } from '../places/place.ts';
import type { PlaceRegistry } from '../places/place-registry.ts';
import type { DoctorRequest } from '../protocol/index.ts';
import { splitNodeId } from './node-id.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { VisitNode } from '../own-nodes.ts';

/** Options of `Doctor`. */
export interface DoctorOptions {
  readonly visit: VisitNode;
  readonly registry: NodeRegistry;
  readonly places: PlaceRegistry;
  /** Diagnoses the way to a member of an attached cluster; resolves with `undefined` for other nodes. */
  readonly examineMember: (id: string) => Promise<Diagnosis | undefined>;
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
    if (from !== undefined) return this.#examinePair(from, target);
    const member = await this.#options.examineMember(target);
    if (member !== undefined) return member;
    const probe = (way: Way): Promise<Diagnosis> => diagnose(target, { timeoutMs: stepTimeoutMs, ...way });
    for (const place of this.#placesOf(target)) {
      const diagnosis = await place.examine(target, probe);
      if (diagnosis !== undefined) return diagnosis;
    }
    throw new ConsoleError('CONSOLE_NOT_FOUND', `no place can reach ${target}`, {
      remedy: 'Open the place in which it runs.',
    });
  }

  async #examinePair(from: string, target: string): Promise<Diagnosis> {
    const visit = await this.#options.visit(from);
    try {
      return await diagnosePair(visit.name, splitNodeId(target).name, { node: visit.node });
    } finally {
      visit.close();
    }
  }

  /** The places to look for a node in: that of the node, those that list it, then the others, of which this computer is the first. */
  #placesOf(node: string): readonly Place[] {
    const { registry, places } = this.#options;
    const own = places.find(registry.find(node)?.place.key ?? '');
    const listing = places.all.filter((place) => place.lists(node));
    return [...(own === undefined ? [] : [own]), ...listing, ...places.all];
  }
}
