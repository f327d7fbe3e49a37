/** Parts of the page that are loaded when they are opened first. */

import { useEffect, useState } from 'preact/hooks';

/** What was loaded, or why it could not be; `undefined` while it is on its way. */
export type Loaded<Value> = { readonly value: Value } | { readonly error: unknown } | undefined;

/** Loads what `key` names, and again when it names something else. */
export function useLoaded<Value>(key: string, load: () => Promise<Value>): Loaded<Value> {
  const [loaded, setLoaded] = useState<{ readonly key: string; readonly outcome: Loaded<Value> }>();
  useEffect(() => {
    let isWanted = true;
    const keep = (outcome: Loaded<Value>): void => {
      if (isWanted) setLoaded({ key, outcome });
    };
    load().then(
      (value) => keep({ value }),
      (error: unknown) => keep({ error }),
    );
    return () => {
      isWanted = false;
    };
  }, [key]);
  return loaded?.key === key ? loaded.outcome : undefined;
}
