/** The deployments known to belong to one environment, up to a limit. */

import { RailwayError } from './railway-error.ts';

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

  /** Remembers the id and returns it. */
  add(deploymentId: string): string {
    const [oldest] = this.#known;
    if (this.#known.size >= capacity && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(deploymentId);
    return deploymentId;
  }

  /** Remembers the deployment. Throws RAILWAY_WRONG_ENVIRONMENT when it belongs to another environment. */
  learn<Found extends { readonly id: string; readonly environmentId: string }>(deployment: Found): Found {
    if (deployment.environmentId === this.#environmentId) {
      this.add(deployment.id);
      return deployment;
    }
    const message = `deployment ${deployment.id} does not belong to environment ${this.#environmentId}`;
    throw new RailwayError('RAILWAY_WRONG_ENVIRONMENT', message, {
      remedy: 'Open the environment that the deployment belongs to.',
    });
  }
}
