/** What Railway asks: a token, and the environment to launch nodes in. Pure. */

import { nodeKinds } from '@convoy/node/names';
import { launchFields, type PlatformForm } from '../../forms/form.ts';

/** What the program that shows the form knows. */
export interface RailwayFormOptions {
  /** Maximum number of nodes per environment. */
  readonly nodeLimit: number;
  /** Images to suggest. */
  readonly images?: readonly string[];
}

/** The form. A program that has a token of its own does not need that of the user. */
export function railwayForm({ nodeLimit, images = [] }: RailwayFormOptions): PlatformForm {
  const id = { type: 'choice', required: true, min: 1, max: 100 } as const;
  return {
    login: [{ key: 'token', type: 'secret', required: false, min: 1, max: 4096 }],
    open: [
      { key: 'projectId', ...id },
      { key: 'environmentId', ...id },
      {
        key: 'images',
        type: 'text',
        required: false,
        each: nodeKinds,
        pattern: '^(?:repo:[\\w.-]+\\/[\\w.-]+|[\\w./:@-]+)$',
        max: 300,
        suggestions: images,
      },
      { key: 'cluster', type: 'text', required: false, pattern: '^[a-z0-9_]{1,32}$', default: 'convoy' },
      { key: 'region', type: 'text', required: false, pattern: '^[a-z0-9-]{1,60}$' },
    ],
    launch: launchFields({ nodeLimit }),
  };
}
