/** The lines entered so far, oldest first, bounded. Pure. An entry may have several lines. */

export type History = readonly string[];

export const maxEntries = 1000;
const maxEntryLength = 64 * 1024;

/** Adds `entry` as the newest. Blank entries and repetitions of the newest are skipped. */
export function addEntry(history: History, entry: string): History {
  const text = entry.trimEnd();
  if (text === '' || text.length > maxEntryLength || history.at(-1) === text) return history;
  return [...history, text].slice(-maxEntries);
}

/** Adds another line to the newest entry: the input continued after its first line. */
export function extendEntry(history: History, line: string): History {
  const newest = history.at(-1);
  if (newest === undefined) return addEntry(history, line);
  const text = `${newest}\n${line.trimEnd()}`;
  return text.length > maxEntryLength ? history : [...history.slice(0, -1), text];
}

/** The newest entry before `index` that contains `query`, or -1. */
export function searchBackward(history: History, query: string, index: number): number {
  for (let at = Math.min(index, history.length) - 1; at >= 0; at -= 1) {
    if (history[at]?.includes(query)) return at;
  }
  return -1;
}
