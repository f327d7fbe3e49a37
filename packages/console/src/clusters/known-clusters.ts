/** Attached clusters, and the marks of all clusters: a copy in memory of what the store has, and the only one who changes it. */

import type { SavedRequest } from './cluster-access.ts';
import type { ClusterMarks } from './cluster-marks.ts';
import { ConsoleError } from '../errors.ts';
import { attachClusterSchema, type ClusterColor, clusterColors } from '../protocol/index.ts';
import type { ClusterRecord, ClusterRecords } from '../store/store.ts';

/** A cluster that was attached and is attached again. */
export interface AttachedRecord {
  readonly id: string;
  readonly request: SavedRequest;
  readonly owner?: number | undefined;
  readonly cookie: string;
}

const requestSchema = attachClusterSchema.omit({ cookie: true });

/** The clusters that the store knows. */
export class KnownClusters {
  readonly #records: ClusterRecords;
  readonly #marks = new Map<string, ClusterMarks>();
  readonly #attached = new Map<string, AttachedRecord>();

  /** Loads all. Rejects with CONSOLE_STORE_DAMAGED. */
  static async load(records: ClusterRecords): Promise<KnownClusters> {
    const known = new KnownClusters(records);
    for (const record of await records.all()) known.#add(record);
    return known;
  }

  private constructor(records: ClusterRecords) {
    this.#records = records;
  }

  /** Those to attach again. */
  get attached(): readonly AttachedRecord[] {
    return [...this.#attached.values()];
  }

  /** The colours that are in use. */
  get colors(): readonly ClusterColor[] {
    return [...this.#marks.values()].map(({ color }) => color);
  }

  /** The marks of a cluster; `undefined` if it has none yet. */
  marksOf(id: string): ClusterMarks | undefined {
    return this.#marks.get(id);
  }

  /** Sets the marks of a cluster, in memory only. */
  mark(id: string, marks: ClusterMarks): void {
    this.#marks.set(id, marks);
  }

  /** Saves the marks of a cluster. Rejects with CONSOLE_STORAGE_FAILED, in which case they stay as they were. */
  async saveMarks(id: string, marks: ClusterMarks): Promise<void> {
    await this.#records.save(recordOf(id, marks, this.#attached.get(id)));
    this.#marks.set(id, marks);
  }

  /** Saves an attached cluster. Rejects with CONSOLE_STORAGE_FAILED. */
  async save(record: AttachedRecord): Promise<void> {
    const marks = this.#marks.get(record.id);
    if (marks === undefined) return;
    await this.#records.save(recordOf(record.id, marks, record));
    this.#attached.set(record.id, record);
  }

  /** Whether a cluster is attached again at the next start. */
  isSaved(id: string): boolean {
    return this.#attached.has(id);
  }

  /** Forgets how a cluster is attached, and in the store also its marks. Rejects with CONSOLE_STORAGE_FAILED, after which all is as before. */
  async delete(id: string): Promise<void> {
    await this.#records.delete(id);
    this.#attached.delete(id);
  }

  /** Forgets the marks of a cluster, in memory only. */
  unmark(id: string): void {
    this.#marks.delete(id);
  }

  #add({ id, label, color, production, acting, attached }: ClusterRecord): void {
    const known = clusterColors.find((one) => one === color) ?? 'grey';
    this.#marks.set(id, { label, color: known, production, acting });
    if (attached === undefined) return;
    const { request: text, owner, cookie } = attached;
    this.#attached.set(id, { id, request: parseRequest(text, id), owner, cookie });
  }
}

function recordOf(id: string, marks: ClusterMarks, attached: AttachedRecord | undefined): ClusterRecord {
  if (attached === undefined) return { id, ...marks };
  const { request, owner, cookie } = attached;
  return { id, ...marks, attached: { request: JSON.stringify(request), owner, cookie } };
}

function parseRequest(text: string, id: string): AttachedRecord['request'] {
  try {
    return requestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConsoleError(
      'CONSOLE_STORE_DAMAGED',
      `the saved connection of the cluster ${id} cannot be read`,
      {
        remedy: 'Restore a backup, or move the store away to start with a new one.',
        cause,
      },
    );
  }
}
