/** Judges of the numbers of an overview: how near a limit is, and what memory is made of. Pure. */

/** From this share of a limit on, the page warns. */
export const warningShare = 0.8;

export interface Usage {
  readonly count?: number | undefined;
  readonly limit?: number | undefined;
}

/** The share of the limit that is used, from 0 to 1; `undefined` if one of the two is not known. */
export function shareOf({ count, limit }: Usage): number | undefined {
  if (count === undefined || limit === undefined || limit <= 0) return undefined;
  return Math.min(1, count / limit);
}

export interface MemoryPart {
  readonly id: string;
  readonly label: string;
  readonly bytes: number;
  /** Of all memory, from 0 to 1. */
  readonly share: number;
}

const labels: Readonly<Record<string, string>> = {
  processes: 'Processes',
  binary: 'Binaries',
  ets: 'ETS tables',
  code: 'Code',
  atom: 'Atoms',
  heap: 'JavaScript heap',
};

/** What the memory of a node is made of, largest first, the rest last. The kinds that OTP counts twice are left out. */
export function memoryParts(memory: Readonly<Record<string, number>>): readonly MemoryPart[] {
  const known = Object.keys(labels).flatMap((id) => {
    const bytes = memory[id];
    return bytes === undefined ? [] : [{ id, label: labels[id] ?? id, bytes }];
  });
  const sum = known.reduce((bytes, part) => bytes + part.bytes, 0);
  const total = Math.max(memory['total'] ?? sum, sum, 1);
  const parts = known.sort((a, b) => b.bytes - a.bytes);
  const rest = total - sum;
  const all = rest > 0 && known.length > 0 ? [...parts, { id: 'other', label: 'Other', bytes: rest }] : parts;
  return all.map((part) => ({ ...part, share: part.bytes / total }));
}
