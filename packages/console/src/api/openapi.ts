/** The OpenAPI 3.1 text of the HTTP API, made from the rows of routes.ts and their schemas. */

import { z } from 'zod';
import { problemSchema } from '../protocol/index.ts';
import type { Route } from './route.ts';
import { openRoutes, routes } from './routes.ts';

type Json = Record<string, unknown>;
type Row = Omit<Route, 'run'>;

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, { io });
  return schema;
}

function jsonContent(type: z.ZodType, io: 'input' | 'output'): Json {
  return { content: { 'application/json': { schema: schemaOf(type, io) } } };
}

function parametersOf({ path, query = {} }: Row): Json[] {
  const inPath = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery];
}

function operationOf(row: Row, isOpen: boolean): Json {
  const { summary, body, status = 200, answer } = row;
  const parameters = parametersOf(row);
  return {
    summary,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { required: true, ...jsonContent(body, 'input') } }),
    responses: {
      [status]: { description: 'Done', ...(answer === undefined ? {} : jsonContent(answer, 'output')) },
      default: {
        description: 'It went wrong: a stable code, what failed, and what usually fixes it',
        ...jsonContent(z.object({ error: problemSchema }), 'output'),
      },
    },
  };
}

/** The document, with the console's own version and the path that all others are below. */
export function openApiDocument({ version, basePath }: { version: string; basePath: string }): Json {
  const paths: Record<string, Json> = {};
  const add = (row: Row, isOpen: boolean): void => {
    const put = (path: string, operation: Json): void => {
      const template = path.replaceAll(/:(\w+)/g, '{$1}');
      paths[template] = { ...paths[template], [row.method]: operation };
    };
    put(row.path, operationOf(row, isOpen));
    if (row.deprecatedPath !== undefined) {
      put(row.deprecatedPath, { ...operationOf(row, isOpen), deprecated: true });
    }
  };
  for (const row of openRoutes) add(row, true);
  for (const row of routes) add(row, false);
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
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'convoy_session_<console>' },
      },
    },
    paths,
  };
}
