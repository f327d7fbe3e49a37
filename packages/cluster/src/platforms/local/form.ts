/** What this computer asks before it launches nodes. It needs no login, and its one place is always open. Pure. */

import { launchFields, type PlatformForm, processFields } from '../../forms/form.ts';

/** What the program that shows the form knows. */
export interface LocalFormOptions {
  /** Maximum number of nodes. */
  readonly nodeLimit: number;
  /** Whether nodes can outlive the program: not on Windows. Default true. */
  readonly canKeep?: boolean;
}

/** The form. */
export function localForm({ nodeLimit, canKeep = true }: LocalFormOptions): PlatformForm {
  const offered = processFields.filter(({ key }) => canKeep || key !== 'keep');
  return { login: [], open: [], launch: [...launchFields({ nodeLimit }), ...offered] };
}
