/** The entry point `@convoy/cluster/worker`: the parts that run inside a node. Loads nothing but `@convoy/node`. */

export { type DeadManOptions, installDeadMan } from './dead-man.ts';
export { createLink, linkVariable, type NodeLink, takeLink } from './link-cookie.ts';
export { installWorker, type NodeInfo, workerName, type WorkerOptions } from './worker.ts';
