/**
 * Draws the layers of each package in ARCHITECTURE.md from its table in layers/: `node scripts/layer-drawing.ts` writes
 * them between their markers, and `npm run lint` checks that they are up to date.
 *
 * A line of a drawing holds the rooms that may import only from the lines below it. The rooms inside a room follow it in
 * brackets, bottom first.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { packageRules } from './layers.ts';
import type { Layer } from './layers/package-rules.ts';

const page = new URL('../ARCHITECTURE.md', import.meta.url);
const drawing = /(<!-- layers -->\n)[^]*(<!-- end of layers -->)/;

/** ARCHITECTURE.md with drawings that match the table. */
export function withDrawings(text: string): string {
  const packages = Object.entries(packageRules).map(
    ([name, { layers }]) => `packages/${name}\n${drawLayers(layers)}`,
  );
  return text.replace(
    drawing,
    (_, start: string, end: string) => `${start}\n\`\`\`\n${packages.join('\n')}\n\`\`\`\n\n${end}`,
  );
}

/** The drawing of one package, top first. */
export function drawLayers(layers: readonly Layer[]): string {
  const storeys = storeysOf(layers);
  const lines = Map.groupBy(storeys.keys(), (room) => storeys.get(room) ?? 0);
  return Array.from(lines)
    .sort(([a], [b]) => b - a)
    .map(([, rooms]) => ` ${rooms.map((room) => withInnerRooms(room, layers)).join(' · ')}`)
    .join('\n');
}

/** The level of each room: one above the highest that it may import. */
function storeysOf(layers: readonly Layer[]): Map<string, number> {
  const storeys = new Map<string, number>();
  for (const { place, mayImport } of layers) {
    const room = roomOf(place);
    const below = mayImport.includes('*') ? [...storeys.keys()] : mayImport.map(roomOf);
    const highest = below
      .filter((other) => other !== room)
      .reduce((height, other) => Math.max(height, (storeys.get(other) ?? 0) + 1), 0);
    storeys.set(room, Math.max(storeys.get(room) ?? 0, highest));
  }
  return storeys;
}

/** The room at the top of `src` that a place lies in; each platform is a room of its own. */
function roomOf(place: string): string {
  const parts = place.split('/');
  return parts[0] === 'platforms' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function withInnerRooms(room: string, layers: readonly Layer[]): string {
  const inner = layers
    .map(({ place }) => place)
    .filter((place) => place.startsWith(`${room}/`))
    .map((place) => place.slice(room.length + 1).split('/')[0] ?? '')
    .filter((name) => name !== 'index');
  const names = [...new Set(inner)];
  return names.length === 0 ? room : `${room} (${names.join(', ')})`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(page, withDrawings(readFileSync(page, 'utf8')));
}
