/**
 * Rejected promises of shell code that nobody handles: printed in their shell instead of ending the whole program, as
 * Node would. Promises of the program itself are treated as ever.
 */

export interface RejectionOwner {
  owns(promise: object): boolean;
  onRejection(reason: unknown): void;
}

const owners = new Set<RejectionOwner>();

/** Returns what ends it. */
export function catchRejections(owner: RejectionOwner): () => void {
  if (owners.size === 0) process.on('unhandledRejection', routeRejection);
  owners.add(owner);
  return () => {
    owners.delete(owner);
    if (owners.size === 0) process.off('unhandledRejection', routeRejection);
  };
}

function routeRejection(reason: unknown, promise: Promise<unknown>): void {
  for (const owner of owners) {
    if (owner.owns(promise)) return owner.onRejection(reason);
  }
  // With a listener Node leaves the rest to it; alone, ours must not change what happens to the program.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}
