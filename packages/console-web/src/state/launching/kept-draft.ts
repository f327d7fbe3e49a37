/** A launch that was being filled in when the form was left to open another place, or was closed before the console refused it. */

import { signal, type Signal } from '@preact/signals';
import type { FieldValues } from '../page/launch-presets.ts';

export interface LaunchDraft {
  /** The key of the place. */
  readonly place: string;
  /** What is in the fields, as typed. It may hold secrets, so it is kept in memory only. */
  readonly values: FieldValues;
}

export const keptDraft: Signal<LaunchDraft | undefined> = signal(undefined);

/** The draft, which is shown from now on and no longer kept. */
export function takeDraft(): LaunchDraft | undefined {
  const draft = keptDraft.value;
  keptDraft.value = undefined;
  return draft;
}
