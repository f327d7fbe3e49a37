/** Which deployments are known to be of one environment, the last of them, and what is said of the others. */

import { RailwayError } from './errors.ts';

const capacity = 1000;

export class DeploymentIds {
  readonly #environmentId: string;
  readonly #known = new Set<string>();

  constructor(environmentId: string) {
    this.#environmentId = environmentId;
  }

  has(deploymentId: string): boolean {
    return this.#known.has(deploymentId);
  }

  /** Returns it. */
  add(deploymentId: string): string {
    const [oldest] = this.#known;
    if (this.#known.size >= capacity && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(deploymentId);
    return deploymentId;
  }

  /** Throws RAILWAY_WRONG_ENVIRONMENT when it is of another one. */
  learn<Found extends { readonly id: string; readonly environmentId: string }>(deployment: Found): Found {
    if (deployment.environmentId === this.#environmentId) {
      this.add(deployment.id);
      return deployment;
    }
    const message = `deployment ${deployment.id} is not of environment ${this.#environmentId}`;
    throw new RailwayError('RAILWAY_WRONG_ENVIRONMENT', message, {
      remedy: 'Open the environment it belongs to.',
    });
  }
}
