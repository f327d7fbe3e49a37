/**
 * The logs of all nodes: the output of launched ones is copied from the start, loggers are followed while somebody asks for them, and both are kept on
 * disk, where they are found again after a restart. A log goes with its node: when that is deleted, launched again or detached, its lines are deleted.
 */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProviderError, type ProviderLog } from '@convoy/cluster';
import { fileProblem } from '../file-problem.ts';
import type { Faults } from '../fault-boundary.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { VisitNode } from '../own-nodes.ts';
import type { LogDownloadQuery, LogLine, LogQuery, LogSource } from '../protocol/index.ts';
import { allLines, filterOf, findLines } from './find-lines.ts';
import { LoggerLink } from './logger-link.ts';
import { NodeHistory } from './node-history.ts';
import { OutputIntake } from './output-intake.ts';
import { TextMatchers } from './text-matcher.ts';

/** The part of a logger that is needed here. */
interface ProblemLog {
  warn(detail: object, message: string): void;
}

/** Options of `NodeLogs`. */
export interface NodeLogsOptions {
  /** Folder for all logs. */
  readonly folder: string;
  /** Maximum size of the log of one node on disk. */
  readonly maxBytes: number;
  readonly visit: VisitNode;
  readonly registry: NodeRegistry;
  /** The output of a launched node. */
  readonly outputOf: (id: string) => ProviderLog | undefined;
  readonly faults: Faults;
  readonly logger: ProblemLog;
}

/** What the console has of one node. */
interface NodeLog {
  readonly history: NodeHistory;
  readonly link: LoggerLink;
  intake?: OutputIntake | undefined;
}

const defaultLines = 100;
const maxLines = 2000;
/** Logs of nodes that have not come back are deleted at the start, at the latest after this time. */
const maxAgeMs = 30 * 24 * 3_600_000;
/** Of all logs together, more than this is deleted at the start, those that were not written to for the longest time first. */
const maxAllBytes = 2 * 1024 ** 3;

/** The logs of a console. */
export class NodeLogs {
  readonly #options: NodeLogsOptions;
  readonly #logs = new Map<string, NodeLog>();
  readonly #matchers = new TextMatchers();
  readonly #leave: () => void;

  constructor(options: NodeLogsOptions) {
    this.#options = options;
    this.#deleteOld();
    this.#leave = options.registry.subscribe(({ changed, gone }) => {
      for (const { id, origin } of changed) if (origin === 'launched') this.#takeOutput(id);
      for (const id of gone) this.startOver(id);
    });
  }

  /** The log of a node. Throws PROVIDER_NO_NODE for what is not a node of this console. */
  history(id: string): NodeHistory {
    return this.#known(id).history;
  }

  /** The link to the logger of a node. Throws PROVIDER_NO_NODE. */
  link(id: string): LoggerLink {
    return this.#known(id).link;
  }

  /** The source that is meant if none is said: the output of the node if the console has it, else its logger. */
  sourceOf(id: string): LogSource {
    return this.hasOutput(id) ? 'output' : 'logger';
  }

  hasOutput(id: string): boolean {
    return this.#options.outputOf(id) !== undefined || this.#logs.get(id)?.intake !== undefined;
  }

  /** Finds lines. Rejects with PROVIDER_NO_NODE, CONSOLE_BAD_REQUEST, CONSOLE_TOO_MANY, CONSOLE_SEARCH_TOO_SLOW or CONSOLE_STORAGE_FAILED. */
  async find(id: string, { lines, ...query }: LogQuery): Promise<readonly LogLine[]> {
    const { history } = this.#known(id);
    const count = Math.min(Number(lines ?? defaultLines), maxLines);
    const matcher = query.match === undefined ? undefined : this.#matchers.open(query.match);
    try {
      return await findLines(history, { ...filterOf(query), matcher }, count);
    } catch (error) {
      throw fileProblem(error, this.#options.folder);
    } finally {
      matcher?.close();
    }
  }

  /** All lines of a query, in blocks. Rejects as `find` does, in the middle too. */
  async *export(id: string, query: LogDownloadQuery): AsyncGenerator<readonly LogLine[], void> {
    const { history } = this.#known(id);
    const matcher = query.match === undefined ? undefined : this.#matchers.open(query.match);
    try {
      yield* allLines(history, { ...filterOf(query), matcher });
    } catch (error) {
      throw fileProblem(error, this.#options.folder);
    } finally {
      matcher?.close();
    }
  }

  /** Deletes the lines of a node that is launched, again or under a name that was used before, or is gone: the next line has number 1. */
  startOver(id: string): void {
    const log = this.#logs.get(id);
    const isGone = this.#options.registry.find(id) === undefined;
    if (log === undefined) {
      this.#deleteFolder(id);
      return;
    }
    log.intake?.close();
    log.intake = undefined;
    const cleared = log.history.clear();
    if (!isGone) return;
    const ended = log.link.close();
    this.#options.faults.run({ kind: 'follower', name: `log of ${id}` }, async () => {
      await Promise.all([cleared, ended]);
      const isUnused = log.history.lastSeq === 0 && !log.history.isFollowed && !log.link.isInUse;
      if (isUnused && this.#logs.get(id) === log && this.#options.registry.find(id) === undefined) {
        this.#logs.delete(id);
      }
    });
  }

  /** Stops following, and writes what is not on disk yet. */
  async close(): Promise<void> {
    this.#leave();
    const all = [...this.#logs.values()];
    for (const { intake } of all) intake?.close();
    await Promise.all(all.flatMap(({ history, link }) => [link.close(), history.flush()]));
    await Promise.all(all.map(({ history }) => history.flush()));
  }

  #known(id: string): NodeLog {
    if (this.#options.registry.find(id) !== undefined) return this.#open(id);
    throw new ProviderError('PROVIDER_NO_NODE', `${id} is not a node of this console`, {
      node: id,
      remedy: 'Use the id of a node that the list of nodes shows.',
    });
  }

  #open(id: string): NodeLog {
    const known = this.#logs.get(id);
    if (known !== undefined) return known;
    const { visit, registry, faults, maxBytes, logger } = this.#options;
    const onProblem = (err: unknown): void =>
      logger.warn({ err, node: id }, 'the log of a node cannot be kept');
    const history = new NodeHistory({ folder: this.#folderOf(id), maxBytes, onProblem });
    const link = new LoggerLink({ id, visit, registry, faults, add: (line) => history.add(line) });
    const log: NodeLog = { history, link };
    this.#logs.set(id, log);
    return log;
  }

  #takeOutput(id: string): void {
    const { outputOf, faults } = this.#options;
    const source = outputOf(id);
    if (source === undefined || this.#logs.get(id)?.intake?.source === source) return;
    faults.run({ kind: 'follower', name: `log of ${id}` }, () => {
      const log = this.#open(id);
      log.intake?.close();
      log.intake = new OutputIntake(source, log.history, faults);
    });
  }

  #folderOf(id: string): string {
    return join(this.#options.folder, createHash('sha256').update(id).digest('hex').slice(0, 32));
  }

  #deleteFolder(id: string): void {
    try {
      rmSync(this.#folderOf(id), { recursive: true, force: true });
    } catch (err) {
      this.#options.logger.warn({ err, node: id }, 'the log of a node cannot be deleted');
    }
  }

  #deleteOld(): void {
    const { folder, logger } = this.#options;
    try {
      if (!existsSync(folder)) return;
      const before = Date.now() - maxAgeMs;
      const all = readdirSync(folder).map((name) => contentOf(join(folder, name)));
      let bytes = 0;
      for (const one of all.toSorted((a, b) => b.writtenAt - a.writtenAt)) {
        bytes += one.bytes;
        if (one.writtenAt < before || bytes > maxAllBytes) rmSync(one.path, { recursive: true, force: true });
      }
    } catch (err) {
      logger.warn({ err }, 'old logs of nodes cannot be deleted');
    }
  }
}

/** How much a folder holds, and when something in it was last written. */
function contentOf(path: string): {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: number;
} {
  const files = readdirSync(path).map((name) => statSync(join(path, name)));
  return {
    path,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    writtenAt: Math.max(statSync(path).mtimeMs, ...files.map(({ mtimeMs }) => mtimeMs)),
  };
}
