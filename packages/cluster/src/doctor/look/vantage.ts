/** A place that a host can be looked at from: this machine, or a node that is asked to. */

import type { DialSeen, EpmdSeen, ResolutionSeen } from '../model/seen.ts';

export interface Vantage {
  /** `this machine`, or the name of a node. */
  readonly from: string;
  /** Resolves the host of the node. */
  resolve(host: string): Promise<ResolutionSeen>;
  /** Asks the EPMD at an address for a name. */
  askEpmd(address: string, name: string, signal: AbortSignal): Promise<EpmdSeen>;
  dial(address: string, port: number, signal: AbortSignal): Promise<DialSeen>;
  isOwn(address: string): boolean;
  /** Whether a machine on the same network has answered for the address, once it was dialled. */
  neighbour(address: string): Promise<'present' | 'missing' | undefined>;
}
