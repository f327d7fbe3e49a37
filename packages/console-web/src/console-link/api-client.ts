/**
 * The HTTP side of the console: requests that change something, and the two that open a session. Every failure is an
 * `ApiError` that carries the problem and its remedy as the console said it.
 */

import type {
  AttachRequest,
  DiagnosisView,
  DoctorRequest,
  HostRequest,
  HostView,
  LaunchRequest,
  LaunchView,
  Problem,
  RailwayControlRequest,
  RailwayEnvironmentView,
  RailwayLogin,
  RailwayPlaceRequest,
  RailwayPlaceView,
  RailwayView,
  Ticket,
} from '@convoy/console/protocol';
import { consoleUrl } from './console-url.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'message' in value && 'code' in value;
}

function problemOf(status: number, body: unknown): Problem {
  if (typeof body === 'object' && body !== null && 'error' in body && isProblem(body.error))
    return body.error;
  return { code: `HTTP_${status}`, message: `The console answered with status ${status}.` };
}

const unreachable: Problem = {
  code: 'CONSOLE_UNREACHABLE',
  message: 'The console does not answer.',
  remedy: 'Is `convoy up` still running? This page connects again by itself as soon as it is.',
};

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(consoleUrl(path), init).catch(() => {
    throw new ApiError(0, unreachable);
  });
  const content: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new ApiError(answer.status, problemOf(answer.status, content));
  return content;
}

function nodePath(name: string, verb = ''): string {
  return `/api/nodes/${encodeURIComponent(name)}${verb}`;
}

export async function logIn(token: string): Promise<void> {
  await ask('POST', '/api/session', { token });
}

export async function logOut(): Promise<void> {
  await ask('DELETE', '/api/session');
}

/** A ticket for one live socket; fails with status 401 when there is no session. */
export async function fetchTicket(): Promise<string> {
  const { ticket } = (await ask('POST', '/api/tickets', {})) as Ticket;
  return ticket;
}

export async function launchNode(request: LaunchRequest): Promise<LaunchView> {
  return (await ask('POST', '/api/nodes', request)) as LaunchView;
}

export async function deleteNode(name: string): Promise<void> {
  await ask('DELETE', nodePath(name));
}

export async function joinNodes(name: string, peer: string): Promise<void> {
  await ask('POST', nodePath(name, '/join'), { peer });
}

export async function disconnectNodes(name: string, peer: string): Promise<void> {
  await ask('POST', nodePath(name, '/disconnect'), { peer });
}

function hostPath(id: string, verb = ''): string {
  return `/api/hosts/${encodeURIComponent(id)}${verb}`;
}

export async function listHosts(): Promise<HostView[]> {
  return (await ask('GET', '/api/hosts')) as HostView[];
}

export async function openHost(request: HostRequest): Promise<HostView> {
  return (await ask('POST', '/api/hosts', request)) as HostView;
}

export async function fetchHost(id: string): Promise<HostView> {
  return (await ask('GET', hostPath(id))) as HostView;
}

export async function lookAtHost(id: string): Promise<HostView> {
  return (await ask('POST', hostPath(id, '/look'), {})) as HostView;
}

export async function attachNode(id: string, request: AttachRequest): Promise<void> {
  await ask('POST', hostPath(id, '/attach'), request);
}

export async function closeHost(id: string): Promise<void> {
  await ask('DELETE', hostPath(id));
}

export async function fetchRailway(): Promise<RailwayView> {
  return (await ask('GET', '/api/railway')) as RailwayView;
}

export async function logInToRailway(login: RailwayLogin): Promise<RailwayView> {
  return (await ask('POST', '/api/railway/login', login)) as RailwayView;
}

export async function logOutOfRailway(): Promise<void> {
  await ask('DELETE', '/api/railway/login');
}

export async function listRailwayEnvironments(project: string): Promise<RailwayEnvironmentView[]> {
  const path = `/api/railway/projects/${encodeURIComponent(project)}/environments`;
  return (await ask('GET', path)) as RailwayEnvironmentView[];
}

export async function openRailwayPlace(request: RailwayPlaceRequest): Promise<RailwayPlaceView> {
  return (await ask('POST', '/api/railway/places', request)) as RailwayPlaceView;
}

function placePath(id: string, verb = ''): string {
  return `/api/railway/places/${encodeURIComponent(id)}${verb}`;
}

export async function lookAtRailwayPlace(id: string): Promise<RailwayPlaceView> {
  return (await ask('POST', placePath(id, '/look'), {})) as RailwayPlaceView;
}

export async function controlRailwayNode(
  id: string,
  request: RailwayControlRequest,
): Promise<RailwayPlaceView> {
  return (await ask('POST', placePath(id, '/control'), request)) as RailwayPlaceView;
}

export async function closeRailwayPlace(id: string): Promise<void> {
  await ask('DELETE', placePath(id));
}

export async function askDoctor(request: DoctorRequest): Promise<DiagnosisView> {
  return (await ask('POST', '/api/doctor', request)) as DiagnosisView;
}

/** What went wrong, for people, whatever was thrown. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'PAGE_FAULT', message };
}
