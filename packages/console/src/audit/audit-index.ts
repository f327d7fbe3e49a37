/**
 * The entries of the audit log in the store, where they can be searched. The file of the log remains the record: the index
 * follows it, catches up with what it has missed, and no action waits for it.
 */

import type { AuditEntry, AuditPage } from '../protocol/index.ts';
import type { AuditFilter, AuditRecord, AuditRecords } from '../store/store.ts';
import { rotatedFile } from './audit-file.ts';
import type { AuditLog } from './audit-log.ts';
import { linesFromEnd } from './lines-from-end.ts';

/** Options of `AuditIndex`. */
export interface AuditIndexOptions {
  readonly log: Pick<AuditLog, 'onWritten'>;
  /** The file of the log. */
  readonly file: string;
  readonly records: AuditRecords;
  /** Called when entries cannot be added; they are added later. */
  readonly onProblem: (error: unknown) => void;
  /** How many entries to keep. Default 20,000, which are about 5 MB. */
  readonly keep?: number | undefined;
}

const writeAfterMs = 1000;
/** More entries than this are read from the file again. */
const maxPending = 1000;
/** An entry that is longer loses its details in the index. */
const maxEntryLength = 8192;
const maxNameLength = 300;

/** Finds entries of the audit log. */
export class AuditIndex {
  readonly #options: AuditIndexOptions;
  readonly #keep: number;
  readonly #leaveLog: () => void;
  #pending: AuditRecord[] = [];
  /** Whether the file may have entries that are neither in the store nor pending. */
  #isBehind = true;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: AuditIndexOptions) {
    this.#options = options;
    this.#keep = options.keep ?? 20_000;
    this.#leaveLog = options.log.onWritten((entry) => this.#note(entry));
    void this.#flush().catch(options.onProblem);
  }

  /** The entries that match, the newest first, also those that were written just now. */
  async find(filter: AuditFilter): Promise<AuditPage> {
    await this.#flush();
    const { limit } = filter;
    const found = await this.#options.records.find({ ...filter, limit: limit + 1 });
    const entries = found.slice(0, limit);
    const hasMore = found.length > limit;
    return {
      entries: entries.flatMap(({ text }) => entryOf(text) ?? []),
      ...(hasMore ? { next: String(entries.at(-1)?.seq) } : {}),
    };
  }

  /** Adds what is pending, as far as possible. */
  async close(): Promise<void> {
    this.#leaveLog();
    await this.#flush().catch(this.#options.onProblem);
  }

  #note(entry: object): void {
    if (this.#pending.length < maxPending) this.#pending.push(...recordsOf(JSON.stringify(entry)));
    else this.#isBehind = true;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#flush().catch(this.#options.onProblem), writeAfterMs);
    this.#timer.unref();
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const flushed = this.#last.then(() => this.#write());
    this.#last = flushed.catch(() => undefined);
    return flushed;
  }

  async #write(): Promise<void> {
    if (!this.#isBehind && this.#pending.length === 0) return;
    const [newest] = this.#isBehind ? await this.#options.records.find({ limit: 1 }) : [];
    const entries = this.#isBehind ? this.#entriesAfter(newest) : this.#pending;
    this.#pending = [];
    this.#isBehind = true;
    await this.#options.records.add(entries, this.#keep);
    // Unless one was refused meanwhile.
    this.#isBehind = this.#pending.length >= maxPending;
  }

  /** The entries of the file after the one that the store has as its newest. */
  #entriesAfter(newest: AuditRecord | undefined): AuditRecord[] {
    const entries: AuditRecord[] = [];
    const { file } = this.#options;
    for (const part of [file, rotatedFile(file, 1)]) {
      for (const line of linesFromEnd(part)) {
        const [entry] = recordsOf(line);
        if (entry === undefined) continue;
        if (entry.text === newest?.text || entries.length >= this.#keep) return entries.reverse();
        entries.push(entry);
      }
    }
    // The log was replaced by another one, or has been rotated more than once.
    return entries.reverse().filter(({ at }) => at > (newest?.at ?? 0));
  }
}

/** The entry in a line, in a list; none if the line is damaged. */
function recordsOf(line: string): AuditRecord[] {
  const entry = objectIn(line);
  if (entry === undefined) return [];
  const { event: act, actor, address, peer } = entry;
  // A launch has the name that was asked for, without a host.
  const node = act === 'node.launch' ? (entry['node'] ?? entry['name']) : entry['node'];
  const at = typeof entry['at'] === 'string' ? Date.parse(entry['at']) : Number.NaN;
  if (Number.isNaN(at) || typeof act !== 'string' || typeof actor !== 'string') return [];
  const short = { at: entry['at'], event: act, actor, address, node: nameIn(node), peer: nameIn(peer) };
  const text = line.length <= maxEntryLength ? line : JSON.stringify(short);
  return [{ at, act, actor, node: nameIn(node), peer: nameIn(peer), text }];
}

function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, maxNameLength) : undefined;
}

function entryOf(text: string): AuditEntry | undefined {
  const { at, event, actor, address, node, ...rest } = objectIn(text) ?? {};
  if (typeof at !== 'string' || typeof event !== 'string' || typeof actor !== 'string') return undefined;
  const detail = Object.entries(rest).filter(
    (field): field is [string, string | number | boolean] =>
      field[1] !== null && ['string', 'number', 'boolean'].includes(typeof field[1]),
  );
  return {
    at,
    event,
    actor,
    address: typeof address === 'string' ? address : '',
    node: nameIn(node),
    detail: Object.fromEntries(detail),
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
