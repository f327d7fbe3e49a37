/** One GraphQL operation with the types of its variables and its answer. A test checks each against the schema. */

import type { ZodType } from 'zod';

/** A GraphQL operation. Queries may be sent again when it is unknown whether they arrived; mutations are not. */
export interface RailwayOperation<Variables extends object, Answer> {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string;
  readonly document: string;
  /** Parses `data` of the answer, within limits. */
  readonly answer: ZodType<Answer>;
  /** Never set; carries the type of the document's variables. */
  readonly takes?: Variables;
  /** Removes something; may use the requests reserved for cleaning up. */
  readonly isCleanUp?: boolean;
}

/** Builds an operation; kind and name are read from the document, which starts with both. */
export function createOperation<Variables extends object, Answer>(
  document: string,
  answer: ZodType<Answer>,
  options: { readonly isCleanUp?: boolean } = {},
): RailwayOperation<Variables, Answer> {
  const [, kind, name] = /^\s*(query|mutation|subscription) (\w+)/.exec(document) ?? [];
  if (kind === undefined || name === undefined)
    throw new TypeError('a GraphQL document must start with the kind and name of its operation');
  return {
    kind: kind as RailwayOperation<Variables, Answer>['kind'],
    name,
    document: document.trim(),
    answer,
    isCleanUp: options.isCleanUp ?? false,
  };
}
