/** What the simulator is told to do wrong, how often, and to whom. Pure: it only says which fault is next. */

/** To requests; `operation` is the name in GraphQL, left out for all, `times` is 1 when left out. */
export type RequestFault = {
  readonly operation?: string;
  readonly times?: number;
} & (
  | { readonly kind: 'rateLimited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'notAuthorized' }
  /** An error in GraphQL with these words. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly status: number }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'cut' }
  /** An answer with these bytes. */
  | { readonly kind: 'garbage'; readonly body: string }
);

/** To the next builds of a service, by its name; left out for all. */
export interface BuildFault {
  readonly kind: 'buildFails';
  readonly service?: string;
  readonly times?: number;
  readonly message: string;
}

/** To the next deployments of a service: they wait for `approve`, or end without anything deployed. */
export type DeployFault = {
  readonly service?: string;
  readonly times?: number;
} & ({ readonly kind: 'needsApproval' } | { readonly kind: 'skips' });

/** Something that goes wrong when a request, a build or a deployment meets it. */
export type SimulatedFault = RequestFault | BuildFault | DeployFault;

interface Armed<Fault> {
  readonly fault: Fault;
  left: number;
}

/** Name that upgrades to a WebSocket go by. */
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

  /** How often something is still to go wrong. */
  get pending(): number {
    return [this.#requests, this.#builds, this.#deploys].flat().reduce((sum, { left }) => sum + left, 0);
  }

  /** The fault this request gets, which is then used up by one. */
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
