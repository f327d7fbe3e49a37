/** Kinds of values, for cheap checks of what the console sends: the schemas of the protocol are too large for the page. */

export type FieldKind = 'string' | 'number' | 'boolean' | 'array' | 'object';

export function hasKind(value: unknown, kind: FieldKind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === kind;
}
