/** The form of a cluster as it is filled in: what is wrong with each field, in the words of the form, and the request. Pure. */

import type { AttachClusterRequest, ClusterColor, Proto } from '@convoy/console/protocol';
import { isFullNodeName } from '@convoy/node/names';

export interface ClusterDraft {
  /** How the members to enter by are found. */
  readonly find: 'names' | 'discover';
  readonly names: string;
  readonly discover: string;
  readonly name: string;
  readonly secret: 'own' | 'cookie' | 'file';
  readonly cookie: string;
  readonly cookieFile: string;
  readonly proto: Proto;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  /** Whether any certificate of the nodes is accepted. */
  readonly anyCertificate: boolean;
  /** Empty: directly. `ssh`: over the target in `sshTarget`. Otherwise the key of an open place. */
  readonly way: string;
  readonly sshTarget: string;
  readonly epmdPort: string;
  readonly port: string;
  readonly color: ClusterColor;
  readonly production: boolean;
  readonly keep: boolean;
}

/** The fields that problems are about. */
export type DraftField = Exclude<
  keyof ClusterDraft,
  'find' | 'secret' | 'proto' | 'anyCertificate' | 'color' | 'production' | 'keep'
>;
export type DraftProblems = Readonly<Partial<Record<DraftField, string>>>;

const mostEntries = 50;
const mostStrategies = 10;
const mostNameCharacters = 40;
const mostCookieCharacters = 255;
const mostFullNameCharacters = 255;
const strategies: ReadonlySet<string> = new Set([
  'static',
  'epmd',
  'local-epmd',
  'hosts-file',
  'dns',
  'dns-names',
  'dns-srv',
  'dns-txt',
  'gossip',
  'railway-dns',
  'railway',
]);

export function emptyDraft(color: ClusterColor): ClusterDraft {
  return {
    find: 'names',
    names: '',
    discover: '',
    name: '',
    secret: 'cookie',
    cookie: '',
    cookieFile: '',
    proto: 'inet',
    certFile: '',
    keyFile: '',
    caFile: '',
    anyCertificate: false,
    way: '',
    sshTarget: '',
    epmdPort: '',
    port: '',
    color,
    production: false,
    keep: true,
  };
}

/** The form of an earlier request. Its cookie has to be typed again: the console does not tell it. */
export function draftOf(
  request: Omit<AttachClusterRequest, 'cookie'>,
  { color, places }: { readonly color: ClusterColor; readonly places: readonly string[] },
): ClusterDraft {
  const { nodes, discover, name = '', cookieFile, tls, via = '', epmdPort, port } = request;
  const isPlace = via === '' || places.includes(via) || isRailwayWay(via);
  return {
    find: nodes.length === 0 && discover.length > 0 ? 'discover' : 'names',
    names: nodes.join('\n'),
    discover: discover.join('\n'),
    name,
    secret: cookieFile === undefined ? 'cookie' : 'file',
    cookie: '',
    cookieFile: cookieFile ?? '',
    proto: request.proto,
    certFile: tls?.certFile ?? '',
    keyFile: tls?.keyFile ?? '',
    caFile: tls?.caFile ?? '',
    anyCertificate: tls?.verify === 'none',
    way: isPlace ? via : 'ssh',
    sshTarget: isPlace ? '' : via,
    epmdPort: epmdPort?.toString() ?? '',
    port: port?.toString() ?? '',
    color: request.color ?? color,
    production: request.production,
    keep: request.keep,
  };
}

/** Whether a way is an environment of Railway, which need not be open. */
export function isRailwayWay(way: string): boolean {
  return way.startsWith('railway:');
}

export function isTls(proto: Proto): boolean {
  return proto === 'tls' || proto === 'tls6';
}

/** What is wrong with what has been typed so far. Fields that are not shown and fields that are empty have no problem. */
export function problemsAsTyped(draft: ClusterDraft, taken: readonly string[]): DraftProblems {
  const found: { readonly [Field in DraftField]?: string | undefined } = {
    name: clusterNameProblem(draft.name, taken),
    ...(draft.find === 'names'
      ? { names: namesProblem(draft.names) }
      : { discover: strategiesProblem(draft.discover) }),
    ...(draft.secret === 'cookie' ? { cookie: cookieProblem(draft.cookie) } : {}),
    ...(draft.secret === 'file' ? { cookieFile: fileProblem(draft.cookieFile) } : {}),
    ...(isTls(draft.proto)
      ? {
          certFile: fileProblem(draft.certFile),
          keyFile: fileProblem(draft.keyFile),
          caFile: fileProblem(draft.caFile),
        }
      : {}),
    way: wayProblem(draft),
    ...(draft.way === 'ssh' ? { sshTarget: targetProblem(draft.sshTarget) } : {}),
    epmdPort: portProblem(draft.epmdPort),
    port: portProblem(draft.port) ?? bothPortsProblem(draft),
  };
  return onlyProblems(found);
}

/** What has to be typed before the console can be asked. */
export function problemsAtEnd(draft: ClusterDraft): DraftProblems {
  const isEmpty = (field: DraftField): boolean => draft[field].trim() === '';
  return onlyProblems({
    names:
      draft.find === 'names' && isEmpty('names') ? 'Enter the full name of a node: app@10.0.0.5.' : undefined,
    discover:
      draft.find === 'discover' && isEmpty('discover')
        ? 'Enter where to find the nodes: epmd:hosts=db1.'
        : undefined,
    cookie:
      draft.secret === 'cookie' && draft.cookie === ''
        ? 'Enter the cookie of the cluster, or choose where it is.'
        : undefined,
    cookieFile: draft.secret === 'file' && isEmpty('cookieFile') ? 'Enter the path of the file.' : undefined,
    sshTarget: draft.way === 'ssh' && isEmpty('sshTarget') ? 'Enter the host: ops@db1.example.' : undefined,
  });
}

/** The request for a draft without problems. */
export function requestOf(draft: ClusterDraft): AttachClusterRequest {
  const { name, sshTarget, way, proto, color, production, keep } = draft;
  const via = way === 'ssh' ? sshTarget.trim() : way;
  return {
    nodes: draft.find === 'names' ? namesIn(draft.names) : [],
    discover: draft.find === 'discover' ? strategiesIn(draft.discover) : [],
    proto,
    color,
    production,
    keep,
    ...textFields({ name, via }),
    ...(draft.secret === 'cookie' ? { cookie: draft.cookie } : {}),
    ...(draft.secret === 'file' ? { cookieFile: draft.cookieFile.trim() } : {}),
    ...(isTls(proto) ? { tls: tlsFilesOf(draft) } : {}),
    ...portsOf(draft),
  };
}

function tlsFilesOf(draft: ClusterDraft): NonNullable<AttachClusterRequest['tls']> {
  const { certFile, keyFile, caFile, anyCertificate } = draft;
  return { ...textFields({ certFile, keyFile, caFile }), verify: anyCertificate ? 'none' : 'peer' };
}

function portsOf({ epmdPort, port }: ClusterDraft): Partial<Record<'epmdPort' | 'port', number>> {
  const typed = Object.entries(textFields({ epmdPort, port }));
  return Object.fromEntries(typed.map(([field, text]) => [field, Number(text)]));
}

/** The fields that are not empty. */
function textFields<Field extends string>(
  fields: Readonly<Record<Field, string>>,
): Partial<Record<Field, string>> {
  const typed = Object.entries<string>(fields).map(([field, text]) => [field, text.trim()] as const);
  return Object.fromEntries(typed.filter(([, text]) => text !== '')) as Partial<Record<Field, string>>;
}

function onlyProblems(found: { readonly [Field in DraftField]?: string | undefined }): DraftProblems {
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

function namesIn(typed: string): string[] {
  return typed.split(/[\s,]+/).filter((name) => name !== '');
}

function strategiesIn(typed: string): string[] {
  return typed.split(/\s+/).filter((strategy) => strategy !== '');
}

function namesProblem(typed: string): string | undefined {
  const names = namesIn(typed);
  if (names.length > mostEntries) return `At most ${mostEntries} names; the others are found through these.`;
  const wrong = names.find((name) => !isFullNodeName(name));
  if (wrong !== undefined)
    return wrong.includes('@')
      ? `“${wrong}” is not a full node name: write name@host.`
      : `“${wrong}” has no host: write ${wrong}@host.`;
  if (names.every((name) => name.length <= mostFullNameCharacters)) return undefined;
  return `A node name has at most ${mostFullNameCharacters} characters.`;
}

function strategiesProblem(typed: string): string | undefined {
  const found = strategiesIn(typed);
  if (found.length > mostStrategies) return `At most ${mostStrategies} strategies.`;
  const wrong = found.find((text) => !strategies.has(text.split(':', 1)[0] ?? ''));
  if (wrong === undefined) return undefined;
  return `“${wrong}” does not start with a strategy: ${[...strategies].join(', ')}.`;
}

function clusterNameProblem(typed: string, taken: readonly string[]): string | undefined {
  const name = typed.trim();
  if (name === '') return undefined;
  if (name.startsWith('-')) return 'A name does not start with a dash.';
  const [wrong] = /[^a-z0-9-]/u.exec(name) ?? [];
  if (wrong !== undefined) return `Only small letters, digits and -; “${wrong}” is something else.`;
  if (name.length > mostNameCharacters)
    return `A name has at most ${mostNameCharacters} characters; this one has ${name.length}.`;
  return taken.includes(name) ? `This console has a cluster ${name} already.` : undefined;
}

function cookieProblem(typed: string): string | undefined {
  if (typed.length <= mostCookieCharacters) return undefined;
  return `A cookie has at most ${mostCookieCharacters} characters; this one has ${typed.length}.`;
}

/** Relative paths would depend on where the console was started. */
function fileProblem(typed: string): string | undefined {
  const path = typed.trim();
  if (path === '' || /^(?:\/|~\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return undefined;
  return 'Enter the whole path, from the root or from ~: /etc/convoy/cookie.';
}

/** What a place cannot carry. */
function wayProblem({ way, proto, port }: ClusterDraft): string | undefined {
  if (way === '') return undefined;
  if (isTls(proto))
    return 'TLS is possible directly only: through a place, nodes are reached over plain TCP.';
  if (port.trim() === '') return undefined;
  return 'Through a place, the port of each node is found there: leave the field Port of the nodes empty.';
}

function targetProblem(typed: string): string | undefined {
  return /\s/.test(typed.trim()) ? 'An SSH target has no spaces: user@host, or user@host:port.' : undefined;
}

function portProblem(typed: string): string | undefined {
  const text = typed.trim();
  const port = Number(text);
  if (text === '' || (/^\d+$/.test(text) && port >= 1 && port <= 65_535)) return undefined;
  return `A port is a number from 1 to 65535, not “${text}”.`;
}

function bothPortsProblem({ epmdPort, port }: ClusterDraft): string | undefined {
  if (epmdPort.trim() === '' || port.trim() === '') return undefined;
  return 'Nodes with a port of their own need no EPMD: leave one of the two ports empty.';
}
