/** Generates the OpenAPI 3.1 document of the HTTP API from the table of routes. */

import { z } from 'zod';
import { type KnownCode, statusOfCode } from '../errors.ts';
import { problemSchema, type Row, type RouteTable, splitKey } from '../protocol/index.ts';

type Json = Record<string, unknown>;

const errorSchema = z.object({ error: problemSchema });

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, $defs: _named, ...schema } = z.toJSONSchema(type, { io });
  return inDocument(schema);
}

/** The schemas of answers that have an id in their metadata, as those that contain themselves must have. */
function namedSchemas(rows: RouteTable<KnownCode>): Json {
  const named: Json = {};
  for (const { answer } of Object.values(rows)) {
    if (answer !== undefined) Object.assign(named, z.toJSONSchema(answer, { io: 'output' }).$defs);
  }
  return inDocument(named);
}

/** References within a schema as references within the document. */
function inDocument(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  return JSON.parse(text) as Json;
}

function jsonContent(schema: Json): Json {
  return { content: { 'application/json': { schema } } };
}

function fileContent(media: readonly string[]): Json {
  return { content: Object.fromEntries(media.map((type) => [type, { schema: { type: 'string' } }])) };
}

function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function parametersOf(path: string, query: z.ZodObject | undefined): Json[] {
  const inPath = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, type]) => {
    const { description, ...schema } = schemaOf(type, 'input');
    return { name, in: 'query', description, schema };
  });
  return [...inPath, ...inQuery];
}

/** The error codes of a row: those that follow from its access and its request, and those that it lists. */
function codesOf(method: string, { access, query, body, errors }: Row<KnownCode>): KnownCode[] {
  return [
    'CONSOLE_WRONG_HOST',
    ...(method === 'GET' ? [] : (['CONSOLE_WRONG_ORIGIN'] as const)),
    ...(access === 'user' ? (['CONSOLE_UNAUTHORIZED', 'CONSOLE_WRONG_TOKEN'] as const) : []),
    ...(query === undefined && body === undefined ? [] : (['CONSOLE_BAD_REQUEST'] as const)),
    ...(body === undefined ? [] : (['CONSOLE_TOO_LARGE'] as const)),
    ...errors,
  ];
}

function refusalsOf(codes: readonly KnownCode[]): Json {
  const byStatus = Map.groupBy(codes, statusOfCode);
  const entries = Array.from(byStatus, ([status, among]): [string, Json] => [
    String(status),
    { description: among.join(', '), ...jsonContent({ $ref: '#/components/schemas/Error' }) },
  ]);
  return Object.fromEntries(entries);
}

function operationOf(key: string, row: Row<KnownCode>): Json {
  const { method, path } = splitKey(key);
  const { summary, access, query, body, answer, media } = row;
  const status = answer === undefined && media === undefined ? 204 : (row.status ?? 200);
  const parameters = parametersOf(path, query);
  return {
    summary,
    ...(access === 'anyone' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, ...jsonContent(schemaOf(body, 'input')) } }),
    responses: {
      [status]: {
        description: 'Done',
        ...(answer === undefined ? {} : jsonContent(schemaOf(answer, 'output'))),
        ...(media === undefined ? {} : fileContent(media)),
      },
      ...refusalsOf(codesOf(method, row)),
      default: {
        description: 'An error: a stable code, what failed, and what usually fixes it',
        ...jsonContent(schemaOf(errorSchema, 'output')),
      },
    },
  };
}

function pathsOf(rows: RouteTable<KnownCode>): Json {
  const paths: Record<string, Json> = {};
  const put = (path: string, method: string, operation: Json): void => {
    const template = templateOf(path);
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation };
  };
  for (const [key, row] of Object.entries(rows)) {
    const { method, path } = splitKey(key);
    const operation = operationOf(key, row);
    put(path, method, operation);
    if (row.deprecatedPath !== undefined) put(row.deprecatedPath, method, { ...operation, deprecated: true });
  }
  return paths;
}

/** Generates the document of a table. `basePath` is the prefix of all paths. */
export function openApiDocument(
  rows: RouteTable<KnownCode>,
  { version, basePath }: { version: string; basePath: string },
): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Convoy console',
      version,
      description: 'The live socket `/api/live` is described in docs/guide/console.md.',
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    security: [{ token: [] }, { session: [] }],
    components: {
      schemas: { Error: schemaOf(errorSchema, 'output'), ...namedSchemas(rows) },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'convoy_session_<console>' },
      },
    },
    paths: pathsOf(rows),
  };
}
