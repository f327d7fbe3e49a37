/**
 * The restarts of kept nodes that are under way. Each is in the store before the node is stopped and until it is up again or has failed, so that a
 * console which ends in between leaves the rest to the next one.
 */

import { ConsoleError } from '../../errors.ts';
import { type LaunchRequest, launchRequestSchema } from '../../protocol/index.ts';
import type { PendingRestartRecord, PendingRestartRecords } from '../../store/store.ts';

/** A restart. */
export interface PendingRestart {
  /** Full name. */
  readonly node: string;
  /** The process that was to be stopped. */
  readonly osPid?: number | undefined;
  /** How the node is launched again. Its place has key and kind. */
  readonly request: LaunchRequest;
}

export interface PendingRestartsOptions {
  readonly records: PendingRestartRecords;
  readonly logger: { warn(detail: object, message: string): void };
}

/** The restarts, here and in the store. */
export class PendingRestarts {
  /** Those that the console before has not finished. */
  readonly interrupted: readonly PendingRestart[];
  readonly #options: PendingRestartsOptions;
  readonly #known: Set<string>;
  #isClosed = false;

  /** Loads those of the console before. Rejects with CONSOLE_STORE_DAMAGED. */
  static async load(options: PendingRestartsOptions): Promise<PendingRestarts> {
    return new PendingRestarts(options, (await options.records.all()).map(restartOf));
  }

  private constructor(options: PendingRestartsOptions, interrupted: readonly PendingRestart[]) {
    this.#options = options;
    this.interrupted = interrupted;
    this.#known = new Set(interrupted.map(({ node }) => node));
  }

  /** Notes that a node is going to be stopped. Rejects with CONSOLE_STORAGE_FAILED. */
  async begin({ node, osPid, request }: PendingRestart): Promise<void> {
    await this.#options.records.save({ node, osPid, request: JSON.stringify(request) });
    this.#known.add(node);
  }

  /** Notes that a restart has succeeded, or has failed in a way that people see. Never rejects. */
  async end(node: string): Promise<void> {
    if (this.#isClosed || !this.#known.delete(node)) return;
    try {
      await this.#options.records.delete(node);
    } catch (error) {
      const why = (error as Error).message;
      this.#options.logger.warn({ node, why }, 'a finished restart is still in the store');
    }
  }

  /** The console ends: what is not finished is left to the next one. */
  close(): void {
    this.#isClosed = true;
  }
}

function restartOf({ node, osPid, request }: PendingRestartRecord): PendingRestart {
  try {
    return { node, osPid, request: launchRequestSchema.parse(JSON.parse(request)) };
  } catch (cause) {
    throw new ConsoleError('CONSOLE_STORE_DAMAGED', `the saved restart of ${node} cannot be read`, {
      remedy: 'Restore a backup, or move the store away to start with a new one.',
      cause,
    });
  }
}
