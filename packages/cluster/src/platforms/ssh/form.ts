/** What SSH asks before a host is opened. Keys and agent are those of the user, so there is no login of its own. Pure. */

import { launchFields, type PlatformForm, processFields } from '../../forms/form.ts';

/** The form. `nodeLimit` is the maximum number of nodes per host. */
export function sshForm(limits: { readonly nodeLimit: number }): PlatformForm {
  return {
    login: [],
    open: [
      { key: 'target', type: 'text', required: true, min: 1, max: 500 },
      { key: 'acceptNewHostKey', type: 'flag', required: false, default: false },
      { key: 'acceptHostKey', type: 'text', required: false, pattern: '^SHA256:[A-Za-z0-9+/]{43}$' },
    ],
    launch: [...launchFields(limits), ...processFields],
  };
}
