/** Builds the request that creates the service of one node: its image, settings and variables. Pure. */

import type { LaunchVariables, ProviderNodeKind } from '../../../launch/provider.ts';
import type { CreateServiceRequest } from '../client/railway-environment.ts';
import { checkExtraVariables, nodeVariables } from '../services/node-variables.ts';
import { imageOf } from './images.ts';
import type { SettledOptions } from './settled-options.ts';

export interface RequestedNode {
  /** The part of its name before the `@`. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cookie: string;
  /** Name of the variable that marks the service as Convoy's. */
  readonly mark: string;
  /** Full names of the nodes that the cluster already has. */
  readonly others: readonly string[];
  /** Variables of this launch. They take precedence over those of the provider and of its discovery. */
  readonly variables: LaunchVariables;
}

/** Grace period between SIGTERM and SIGKILL, in which a node disconnects from the others. */
const drainingSeconds = 5;

/** Throws RAILWAY_BAD_INPUT for variables of the discovery that the provider sets itself. */
export function serviceRequest(
  options: SettledOptions,
  { name, kind, cookie, mark, others, variables }: RequestedNode,
): Omit<CreateServiceRequest, 'name'> {
  const { region, restartPolicy, cluster, distPort, ipv6 } = options;
  const found = options.discovery({ name, kind, cluster, distPort, others });
  checkExtraVariables(found);
  const { source, startCommand } = imageOf(options.images, kind);
  return {
    settings: {
      source,
      drainingSeconds,
      restartPolicyType: restartPolicy,
      startCommand,
      region,
    },
    variables: nodeVariables({
      name,
      kind,
      mark,
      cookie,
      distPort,
      ipv6,
      others: [options.variables, found, variables],
    }),
  };
}
