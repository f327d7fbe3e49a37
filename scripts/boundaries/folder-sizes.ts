/** How many files a folder may hold: as many as a reader can take in at a glance. */

import { readdirSync } from 'node:fs';
import { relative } from 'node:path';

const maxFilesInFolder = 14;

/** Every folder in `top`, including `top`, that holds too many files and is not in `allowed`, and every needless entry of `allowed`. */
export function folderSizeProblems(top: string, allowed: readonly string[] = []): string[] {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const place = relative(top, entry.parentPath).split('\\').join('/');
    sizes.set(place, (sizes.get(place) ?? 0) + 1);
  }
  const tooLarge = [...sizes].filter(([place, size]) => size > maxFilesInFolder && !allowed.includes(place));
  const outdated = allowed.filter((place) => (sizes.get(place) ?? 0) <= maxFilesInFolder);
  return [
    ...tooLarge.map(([place, size]) => `${place || '.'}/ has ${size} files, more than ${maxFilesInFolder}`),
    ...outdated.map((place) => `${place}/ needs no exception for large folders any more: remove it`),
  ];
}
