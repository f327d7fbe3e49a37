/**
 * The shells whose tabs were closed here. They stay open on the console, and must not come back as tabs when this page
 * is loaded again. Kept as long as the browser's tab.
 */

const storageKey = 'convoy.left-shells';

function read(): readonly string[] {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    // Storage can be disabled, and its content is of another version or a curious user.
    return [];
  }
}

let left: ReadonlySet<string> = new Set(read());

function write(ids: Iterable<string>): void {
  left = new Set(ids);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify([...left]));
  } catch {
    // See `read`.
  }
}

export function hasLeft(id: string): boolean {
  return left.has(id);
}

export function noteLeft(id: string): void {
  write([...left, id]);
}

export function noteReturned(id: string): void {
  write([...left].filter((one) => one !== id));
}

/** Forgets shells that are no longer open. */
export function keepLeft(open: ReadonlySet<string>): void {
  if ([...left].some((id) => !open.has(id))) write([...left].filter((id) => open.has(id)));
}
