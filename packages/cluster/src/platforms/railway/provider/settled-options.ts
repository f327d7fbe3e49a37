/** The options of the provider with every default filled in. Pure. */

import { defaultImages } from './images.ts';
import { checkExtraVariables } from '../services/node-variables.ts';
import type { RailwayProviderOptions } from './options.ts';
import { privateDiscovery } from './private-discovery.ts';

export type SettledOptions = Required<Omit<RailwayProviderOptions, 'cookie' | 'name' | 'region'>> &
  Pick<RailwayProviderOptions, 'cookie' | 'region'>;

/** Throws RAILWAY_BAD_INPUT for variables that only the provider may set. */
export function settleOptions(options: RailwayProviderOptions): SettledOptions {
  const settled: SettledOptions = {
    cluster: 'convoy',
    images: defaultImages,
    distPort: 9100,
    ipv6: true,
    restartPolicy: 'ON_FAILURE',
    variables: {},
    discovery: privateDiscovery,
    nodeLimit: 12,
    launchTimeoutMs: 600_000,
    answerTimeoutMs: 120_000,
    onClose: 'leave',
    ...options,
  };
  checkExtraVariables(settled.variables);
  return settled;
}
