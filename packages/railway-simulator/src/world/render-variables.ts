/**
 * Resolves references in the values of variables as Railway does: `${{NAME}}` is another variable of the service, or one that
 * Railway provides; `${{shared.NAME}}` is a variable of the environment, and `${{web.NAME}}` one of the service `web`. References
 * to nothing and circular references are empty. Pure.
 */

const reference = /\$\{\{\s*(?:(\w[\w-]*)\.)?(\w+)\s*\}\}/g;
const maxLength = 64 * 1024;

/** The variables of one service. */
export interface ServiceVariables {
  readonly own: Readonly<Record<string, string>>;
  /** `RAILWAY_...`, provided by Railway; a variable of the user with the same name takes precedence. */
  readonly given: Readonly<Record<string, string>>;
}

export interface VariableScopes extends ServiceVariables {
  readonly shared: Readonly<Record<string, string>>;
  /** Returns another service of the environment by its name. Default: there is none. */
  readonly service?: (name: string) => ServiceVariables | undefined;
}

/** All variables of the service with their final values. Each is resolved once, so many references cost little. */
export function renderVariables(scopes: VariableScopes): Record<string, string> {
  const { shared, service = () => undefined } = scopes;
  const done = new Map<string, string>();
  /** `of` is the name of another service; empty for the service that is rendered. */
  const valueOf = (of: string, name: string): string => {
    const key = `${of} ${name}`;
    const known = done.get(key);
    if (known !== undefined) return known;
    // Empty until it is known, which ends circular references.
    done.set(key, '');
    const scope = of === '' ? scopes : service(of);
    const value = render(of, scope && (ownValue(scope.own, name) ?? ownValue(scope.given, name)));
    done.set(key, value);
    return value;
  };
  const render = (of: string, raw = ''): string =>
    raw
      .slice(0, maxLength)
      .replaceAll(reference, (_whole, scope: string | undefined, name: string) => {
        if (scope === 'shared') return ownValue(shared, name) ?? '';
        return valueOf(scope ?? of, name);
      })
      .slice(0, maxLength);
  const names = Object.keys({ ...scopes.given, ...scopes.own });
  return Object.fromEntries(names.map((name) => [name, valueOf('', name)]));
}

/** Ignores properties that every object inherits. */
function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
