/**
 * Unhandled rejections of shell code: printed in their shell instead of ending the whole program, which is Node's default.
 * Promises of the program itself are not affected.
 */

export interface RejectionOwner {
  owns(promise: object): boolean;
  onRejection(reason: unknown): void;
}

const owners = new Set<RejectionOwner>();

/** Starts to catch the rejections of one owner. Returns a function that stops it. */
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
  // Any listener disables Node's default; if ours is the only one, the program must still end as by default.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}
