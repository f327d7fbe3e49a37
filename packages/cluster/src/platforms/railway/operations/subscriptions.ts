/** All subscriptions, used by Convoy instead of polling. */

import { z } from 'zod';
import * as answers from './answers.ts';
import type { RailwayDeployment, RailwayDeploymentEvent, RailwayLogLine } from '../model/resources.ts';
import { createOperation, type RailwayOperation } from './operation.ts';
import { deploymentFields, eventFields, logFields } from './queries.ts';

interface OfLogs {
  readonly deploymentId: string;
  /** Number of earlier lines that come first. */
  readonly limit: number;
}

export const deploymentSubscription: RailwayOperation<
  { readonly id: string },
  { deployment: RailwayDeployment }
> = createOperation(
  `subscription DeploymentChanges($id: String!) { deployment(id: $id) { ${deploymentFields} } }`,
  z.object({ deployment: answers.deployment }),
);

export const deploymentEventsSubscription: RailwayOperation<
  { readonly id: string },
  { deploymentEvents: RailwayDeploymentEvent }
> = createOperation(
  `subscription DeploymentSteps($id: String!) { deploymentEvents(id: $id) { ${eventFields} } }`,
  z.object({ deploymentEvents: answers.deploymentEvent }),
);

export const buildLogsSubscription: RailwayOperation<OfLogs, { buildLogs: RailwayLogLine[] }> =
  createOperation(
    `subscription BuildLogLines($deploymentId: String!, $limit: Int) {
      buildLogs(deploymentId: $deploymentId, limit: $limit) { ${logFields} }
    }`,
    z.object({ buildLogs: answers.list(answers.logLine) }),
  );

export const deploymentLogsSubscription: RailwayOperation<OfLogs, { deploymentLogs: RailwayLogLine[] }> =
  createOperation(
    `subscription DeploymentLogLines($deploymentId: String!, $limit: Int) {
      deploymentLogs(deploymentId: $deploymentId, limit: $limit) { ${logFields} }
    }`,
    z.object({ deploymentLogs: answers.list(answers.logLine) }),
  );
