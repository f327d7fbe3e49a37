/**
 * Follows references in the values of variables as Railway does: `${{NAME}}` is another variable of the service, or one
 * that Railway itself gives it; `${{shared.NAME}}` is one of the environment. What refers to nothing is empty, and so is
 * what goes in a circle. Pure.
 */

const reference = /\$\{\{\s*(?:(\w[\w-]*)\.)?(\w+)\s*\}\}/g;
const maxLength = 64 * 1024;

export interface VariableScopes {
  readonly own: Readonly<Record<string, string>>;
  /** `RAILWAY_...`; what the user sets under the same name goes before. */
  readonly given: Readonly<Record<string, string>>;
  readonly shared: Readonly<Record<string, string>>;
}

/** All variables of the service with their final values. Each is worked out once, so that many references cost little. */
export function renderVariables(scopes: VariableScopes): Record<string, string> {
  const done = new Map<string, string>();
  const valueOf = (name: string): string => {
    const known = done.get(name);
    if (known !== undefined) return known;
    // Empty until it is known: that is what ends a circle.
    done.set(name, '');
    const value = render(ownValue(scopes.own, name) ?? ownValue(scopes.given, name) ?? '');
    done.set(name, value);
    return value;
  };
  const render = (raw: string): string =>
    raw
      .slice(0, maxLength)
      .replaceAll(reference, (_whole, scope: string | undefined, name: string) => {
        if (scope === undefined) return valueOf(name);
        return scope === 'shared' ? (ownValue(scopes.shared, name) ?? '') : '';
      })
      .slice(0, maxLength);
  const names = Object.keys({ ...scopes.given, ...scopes.own });
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

/** Not what every object inherits. */
function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
