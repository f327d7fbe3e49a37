/**
 * Parses Railway's answers within limits and converts them to the model. A malformed answer is rejected as a whole; a new
 * enumeration value is read as `UNKNOWN`, because a new status must not abort a launch.
 */

import { z, type ZodType } from 'zod';
import {
  deploymentEventSteps,
  deploymentInstanceStatuses,
  deploymentStatuses,
  endpointSyncStatuses,
  type RailwayDeployment,
  type RailwayDeploymentEvent,
  type RailwayDeploymentSummary,
  type RailwayEnvironmentInfo,
  type RailwayLogLine,
  type RailwayProject,
  type RailwayRegion,
  type RailwayService,
  type RailwayVariableName,
} from '../model/resources.ts';

const maxTextLength = 1 << 20;
const maxListLength = 5000;
const maxVariables = 2000;

/** One page of a list, and where the next one starts. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

export const id: ZodType<string> = z.string().min(1).max(200);
export const name: ZodType<string> = z.string().max(500);
const text = z.string().max(maxTextLength);
const count = z.int().min(0);

const time = z
  .string()
  .max(64)
  .transform((value, context) => {
    const at = Date.parse(value);
    if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'is not a valid time' });
    return at;
  });

export function list<Item>(item: ZodType<Item>): ZodType<Item[]> {
  return z.array(item).max(maxListLength);
}

function maybe<Value>(schema: ZodType<Value>): ZodType<Value | undefined> {
  return schema.nullable().transform((value) => value ?? undefined);
}

function oneOf<Word extends string>(words: readonly Word[]): ZodType<Word | 'UNKNOWN'> {
  return z
    .string()
    .max(100)
    .transform((value) => words.find((word) => word === value) ?? 'UNKNOWN');
}

export function page<Item>(item: ZodType<Item>): ZodType<Page<Item>> {
  return z
    .object({
      edges: list(z.object({ node: item })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: maybe(z.string().max(1000)) }),
    })
    .transform(({ edges, pageInfo }) => ({
      items: edges.map(({ node }) => node),
      next: pageInfo.hasNextPage ? pageInfo.endCursor : undefined,
    }));
}

export const done: ZodType<boolean> = z.boolean();

export const workspaces: ZodType<{ id: string; name: string }[]> = list(z.object({ id, name }));

export const account: ZodType<{
  name: string | undefined;
  workspaces: { id: string; name: string }[];
}> = z.object({ name: maybe(name), workspaces });

export const project: ZodType<RailwayProject> = z.object({ id, name, workspaceId: maybe(id) });

export const environment: ZodType<RailwayEnvironmentInfo> = z.object({
  id,
  name,
  projectId: id,
  isEphemeral: z.boolean(),
});

export const region: ZodType<RailwayRegion> = z
  .object({
    name,
    location: name,
    country: name,
    deploymentConstraints: maybe(
      z.object({ deprecationInfo: maybe(z.object({ isDeprecated: z.boolean(), replacementRegion: name })) }),
    ),
  })
  .transform(({ deploymentConstraints, ...region }) => {
    const deprecation = deploymentConstraints?.deprecationInfo;
    return {
      ...region,
      replacedBy: deprecation?.isDeprecated === true ? deprecation.replacementRegion : undefined,
    };
  });

export const variableName: ZodType<RailwayVariableName> = z.object({ name, serviceId: maybe(id) });

export const variables: ZodType<Record<string, string>> = z
  .record(name, text)
  .refine((record) => Object.keys(record).length <= maxVariables, 'has too many variables');

/** Railway returns limits as JSON of an undocumented format. */
export const limits: ZodType<Record<string, unknown>> = z.record(name, z.unknown());

export const deploymentSummary: ZodType<RailwayDeploymentSummary> = z
  .object({
    id,
    status: oneOf(deploymentStatuses),
    deploymentStopped: z.boolean(),
    createdAt: time,
  })
  .transform(({ deploymentStopped, ...summary }) => ({ ...summary, isStopped: deploymentStopped }));

export const deployment: ZodType<RailwayDeployment> = z
  .object({
    id,
    status: oneOf(deploymentStatuses),
    deploymentStopped: z.boolean(),
    createdAt: time,
    updatedAt: time,
    environmentId: id,
    serviceId: maybe(id),
    instances: list(z.object({ id, status: oneOf(deploymentInstanceStatuses) })),
    sockets: list(z.object({ ipv6: z.boolean(), port: z.int().min(0).max(65_535), processName: name })),
  })
  .transform(({ deploymentStopped, sockets, ...deployment }) => ({
    ...deployment,
    isStopped: deploymentStopped,
    sockets: sockets.map(({ ipv6, ...socket }) => ({ ...socket, isIpv6: ipv6 })),
  }));

export const service: ZodType<RailwayService> = z
  .object({
    id,
    serviceId: id,
    serviceName: name,
    environmentId: id,
    region: maybe(name),
    numReplicas: maybe(count),
    startCommand: maybe(text),
    source: maybe(z.object({ image: maybe(name), repo: maybe(name) })),
    latestDeployment: maybe(deploymentSummary),
    activeDeployments: list(deploymentSummary),
  })
  .transform(({ id, serviceName, numReplicas, source, ...service }) => ({
    ...service,
    serviceInstanceId: id,
    name: serviceName,
    replicas: numReplicas,
    source: sourceOf(source),
  }));

function sourceOf(
  source: { image: string | undefined; repo: string | undefined } | undefined,
): RailwayService['source'] {
  if (source?.image !== undefined) return { image: source.image };
  return source?.repo === undefined ? undefined : { repo: source.repo };
}

export const deploymentEvent: ZodType<RailwayDeploymentEvent> = z
  .object({
    id,
    step: oneOf(deploymentEventSteps),
    createdAt: time,
    completedAt: maybe(time),
    payload: maybe(
      z.object({
        error: maybe(text),
        reason: maybe(text),
        skipped: maybe(z.boolean()),
        durationMs: maybe(z.number()),
      }),
    ),
  })
  .transform(({ createdAt, payload, ...event }) => ({
    ...event,
    startedAt: createdAt,
    error: payload?.error ?? payload?.reason,
    isSkipped: payload?.skipped ?? false,
    durationMs: payload?.durationMs,
  }));

export const logLine: ZodType<RailwayLogLine> = z
  .object({
    timestamp: z.string().max(64),
    message: text,
    severity: maybe(z.string().max(100)),
    tags: maybe(z.object({ deploymentInstanceId: maybe(id) })),
  })
  .transform(({ timestamp, message, severity, tags }, context) => {
    const at = Date.parse(timestamp);
    if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'is not a valid time' });
    return { timestamp, at, text: message, severity, instanceId: tags?.deploymentInstanceId };
  });

export interface PrivateNetwork {
  readonly publicId: string;
  readonly dnsName: string;
  readonly tags: string[];
  readonly deletedAt: number | undefined;
}

export const privateNetwork: ZodType<PrivateNetwork> = z.object({
  publicId: id,
  dnsName: name,
  tags: list(name),
  deletedAt: maybe(time),
});

export interface PrivateEndpoint {
  readonly dnsName: string;
  readonly privateIps: string[];
  readonly syncStatus: (typeof endpointSyncStatuses)[number] | 'UNKNOWN';
}

/** `undefined` before the first deployment. */
export const privateEndpoint: ZodType<PrivateEndpoint | undefined> = maybe(
  z.object({ dnsName: name, privateIps: list(name), syncStatus: oneOf(endpointSyncStatuses) }),
);
