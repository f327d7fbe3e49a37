/** One GraphQL operation with the types of what goes in and what comes out. A test checks each against the schema. */

import type { ZodType } from 'zod';

/** Queries may be sent again when nobody knows whether they arrived; mutations are not. */
export interface RailwayOperation<Variables extends object, Answer> {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string;
  readonly document: string;
  /** Reads `data` of the answer, in bounds. */
  readonly answer: ZodType<Answer>;
  /** Types only: what the document takes. */
  readonly takes?: Variables;
  /** Takes away what is running; goes on when the budget of requests is nearly used up. */
  readonly isCleanUp?: boolean;
}

/** Builds an operation; kind and name are read from the document, which starts with both. */
export function createOperation<Variables extends object, Answer>(
  document: string,
  answer: ZodType<Answer>,
  options: { readonly isCleanUp?: boolean } = {},
): RailwayOperation<Variables, Answer> {
  const [, kind, name] = /^\s*(query|mutation|subscription) (\w+)/.exec(document) ?? [];
  if (kind === undefined || name === undefined) throw new TypeError('an operation starts with kind and name');
  return {
    kind: kind as RailwayOperation<Variables, Answer>['kind'],
    name,
    document: document.trim(),
    answer,
    isCleanUp: options.isCleanUp ?? false,
  };
}
