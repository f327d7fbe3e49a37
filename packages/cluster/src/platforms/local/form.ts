/** What this computer asks before it launches nodes. It needs no login, and its one place is always open. Pure. */

import { launchFields, type PlatformForm } from '../../forms/form.ts';

/** The form. `nodeLimit` is the maximum number of nodes. */
export function localForm(limits: { readonly nodeLimit: number }): PlatformForm {
  return { login: [], open: [], launch: launchFields(limits) };
}
