/** The faults that the simulator is to produce, how often, and for what. Pure: only selects the next fault. */

/** Faults of requests. `operation` is the GraphQL name; default: every operation. `times` is 1 by default. */
export type RequestFault = {
  readonly operation?: string;
  readonly times?: number;
} & (
  | { readonly kind: 'rateLimited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'notAuthorized' }
  /** A GraphQL error with this message. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly status: number }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut instead of answered. */
  | { readonly kind: 'cut' }
  /** An answer with this body. */
  | { readonly kind: 'garbage'; readonly body: string }
);

/** Makes the next builds of a service fail. `service` is its name; default: every service. */
export interface BuildFault {
  readonly kind: 'buildFails';
  readonly service?: string;
  readonly times?: number;
  readonly message: string;
}

/** Makes the next deployments of a service wait for `approve`, or end with nothing deployed. */
export type DeployFault = {
  readonly service?: string;
  readonly times?: number;
} & ({ readonly kind: 'needsApproval' } | { readonly kind: 'skips' });

/** A fault of the next matching request, build or deployment. */
export type SimulatedFault = RequestFault | BuildFault | DeployFault;

interface Armed<Fault> {
  readonly fault: Fault;
  left: number;
}

/** The `operation` of WebSocket upgrades. */
export const socketOperation = 'socket';

export class Faults {
  #requests: Armed<RequestFault>[] = [];
  #builds: Armed<BuildFault>[] = [];
  #deploys: Armed<DeployFault>[] = [];

  add(fault: SimulatedFault): void {
    const left = fault.times ?? 1;
    if (fault.kind === 'buildFails') this.#builds.push({ fault, left });
    else if (fault.kind === 'needsApproval' || fault.kind === 'skips') this.#deploys.push({ fault, left });
    else this.#requests.push({ fault, left });
  }

  clear(): void {
    this.#requests = [];
    this.#builds = [];
    this.#deploys = [];
  }

  /** How many faults are still to occur. */
  get pending(): number {
    return [this.#requests, this.#builds, this.#deploys].flat().reduce((sum, { left }) => sum + left, 0);
  }

  /** Returns the fault of this request, and counts it as used once. */
  forRequest(operation: string): RequestFault | undefined {
    return take(this.#requests, (fault) =>
      fault.operation === undefined ? operation !== socketOperation : fault.operation === operation,
    );
  }

  forBuild(service: string): BuildFault | undefined {
    return take(this.#builds, (fault) => fault.service === undefined || fault.service === service);
  }

  forDeploy(service: string): DeployFault | undefined {
    return take(this.#deploys, (fault) => fault.service === undefined || fault.service === service);
  }
}

function take<Fault>(armed: Armed<Fault>[], fits: (fault: Fault) => boolean): Fault | undefined {
  const found = armed.find(({ fault, left }) => left > 0 && fits(fault));
  if (found === undefined) return undefined;
  found.left -= 1;
  if (found.left === 0) armed.splice(armed.indexOf(found), 1);
  return found.fault;
}
