/**
 * The operations against the schema, and, if CONVOY_RAILWAY_SCHEMA names a file with Railway's answer to an introspection query,
 * both against Railway's own schema.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  buildClientSchema,
  buildSchema,
  type DocumentNode,
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { ZodType } from 'zod';
import * as mutations from '../../../src/platforms/railway/operations/mutations.ts';
import * as queries from '../../../src/platforms/railway/operations/queries.ts';
import { railwaySchemaExcerpt } from '@convoy/railway-simulator';
import * as subscriptions from '../../../src/platforms/railway/operations/subscriptions.ts';

interface Checked {
  readonly kind: string;
  readonly name: string;
  readonly document: string;
  readonly answer: ZodType;
}

const operations: Checked[] = [queries, mutations, subscriptions]
  .flatMap((module) => Object.values(module) as unknown[])
  .filter((value): value is Checked => typeof value === 'object' && value !== null && 'document' in value);

const excerpt = buildSchema(railwaySchemaExcerpt);
const file = process.env['CONVOY_RAILWAY_SCHEMA'];

function readSchema(path: string): GraphQLSchema {
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as { data?: IntrospectionQuery } & IntrospectionQuery;
  return buildClientSchema(parsed.data ?? parsed);
}

const ownTypes = Object.values(excerpt.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

test('there are operations, each with a unique name', () => {
  assert.ok(operations.length > 30, String(operations.length));
  assert.equal(new Set(operations.map(({ name }) => name)).size, operations.length);
});

for (const { kind, name, document } of operations) {
  test(`the ${kind} ${name} fits the schema`, () => {
    assert.deepEqual(validate(excerpt, parse(document)), []);
  });
}

test('every field of the schema is used by some operation', () => {
  const asked = new Set<string>();
  const info = new TypeInfo(excerpt);
  for (const { document } of operations) {
    visit(
      parse(document),
      visitWithTypeInfo(info, {
        Field: () => {
          asked.add(`${info.getParentType()?.name ?? ''}.${info.getFieldDef()?.name ?? ''}`);
        },
      }),
    );
  }
  const unasked = ownTypes
    .filter(isObjectType)
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .filter((field) => !asked.has(field));
  assert.deepEqual(unasked, []);
});

/** Every answer to a selection that the schema allows. */
function answersTo(type: GraphQLOutputType, selection: SelectionSetNode | undefined): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return present(type.ofType as GraphQLOutputType, selection);
  return fc.option(present(type, selection), { nil: null });
}

function present(type: GraphQLOutputType, selection: SelectionSetNode | undefined): fc.Arbitrary<unknown> {
  if (isListType(type))
    return fc.array(answersTo(type.ofType as GraphQLOutputType, selection), { maxLength: 3 });
  const named = getNamedType(type);
  if (isEnumType(named)) return fc.constantFrom(...named.getValues().map(({ name }) => name));
  if (isObjectType(named)) {
    const fields = (selection?.selections ?? []).flatMap((node) => {
      if (node.kind !== Kind.FIELD) return [];
      const field = named.getFields()[node.name.value];
      assert.ok(field);
      return [[node.name.value, answersTo(field.type, node.selectionSet)] as const];
    });
    return fc.record(Object.fromEntries(fields));
  }
  return scalar(named.name);
}

function scalar(name: string): fc.Arbitrary<unknown> {
  const times = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });
  if (name === 'DateTime') return times.map((date) => date.toISOString());
  if (name === 'Boolean') return fc.boolean();
  if (name === 'Int') return fc.integer({ min: 0, max: 65_535 });
  if (name === 'EnvironmentVariables') return fc.dictionary(fc.string({ maxLength: 20 }), fc.string());
  if (name === 'ServiceInstanceLimit') return fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue());
  return fc.string({ minLength: 1, maxLength: 40 });
}

/** `Log.timestamp` is a string in the schema, but always holds a time. */
function withTimes(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      key === 'timestamp' ? '2026-01-02T03:04:05.678901234Z' : inner,
    ),
  );
}

function selectionOf(document: DocumentNode): SelectionSetNode {
  const [definition] = document.definitions;
  assert.equal(definition?.kind, Kind.OPERATION_DEFINITION);
  return definition.selectionSet;
}

for (const { kind, name, document, answer } of operations) {
  test(`every answer that the schema allows to the ${kind} ${name} can be read`, () => {
    const roots: Record<string, ReturnType<GraphQLSchema['getQueryType']>> = {
      query: excerpt.getQueryType(),
      mutation: excerpt.getMutationType(),
      subscription: excerpt.getSubscriptionType(),
    };
    const root = roots[kind];
    assert.ok(root);
    fc.assert(
      fc.property(present(root, selectionOf(parse(document))), (data) => {
        const read = answer.safeParse(withTimes(data));
        assert.ok(read.success, read.error?.message);
      }),
      { numRuns: 50 },
    );
  });
}

const skip =
  file === undefined ? 'CONVOY_RAILWAY_SCHEMA does not name a file with an introspection of Railway' : false;

function differencesOfInputs(
  where: string,
  ours: readonly (GraphQLArgument | GraphQLInputField)[],
  theirs: readonly (GraphQLArgument | GraphQLInputField)[],
): string[] {
  const found = ours.flatMap((input) => {
    const other = theirs.find(({ name }) => name === input.name);
    if (other === undefined) return [`${where}.${input.name} is missing`];
    if (other.deprecationReason != null) return [`${where}.${input.name} is deprecated`];
    return String(other.type) === String(input.type)
      ? []
      : [`${where}.${input.name} is ${String(other.type)}, not ${String(input.type)}`];
  });
  const missing = theirs
    .filter(
      (input) =>
        'defaultValue' in input && isRequired(input) && !ours.some(({ name }) => name === input.name),
    )
    .map(({ name }) => `${where}.${name} must be given`);
  return [...found, ...missing];
}

function isRequired(input: GraphQLArgument | GraphQLInputField): boolean {
  return isRequiredArgument(input) || isRequiredInputField(input);
}

function differences(ours: GraphQLNamedType, theirs: GraphQLNamedType | undefined): string[] {
  const where = ours.name;
  if (theirs === undefined) return [`${where} is missing`];
  if (isScalarType(ours)) return isScalarType(theirs) ? [] : [`${where} is not a scalar`];
  if (isEnumType(ours)) {
    if (!isEnumType(theirs)) return [`${where} is not an enumeration`];
    const [mine, others] = [ours, theirs].map((type) =>
      type
        .getValues()
        .map(({ name }) => name)
        .sort(),
    );
    return JSON.stringify(mine) === JSON.stringify(others) ? [] : [`${where} is ${String(others)}`];
  }
  if (isInputObjectType(ours)) {
    if (!isInputObjectType(theirs)) return [`${where} is not an input`];
    return differencesOfInputs(where, Object.values(ours.getFields()), Object.values(theirs.getFields()));
  }
  assert.ok(isObjectType(ours), `unexpected kind of type: ${where}`);
  if (!isObjectType(theirs)) return [`${where} is not an object`];
  return Object.values(ours.getFields()).flatMap((field) => {
    const other = theirs.getFields()[field.name];
    if (other === undefined) return [`${where}.${field.name} is missing`];
    if (other.deprecationReason != null) return [`${where}.${field.name} is deprecated`];
    const type =
      String(other.type) === String(field.type) ? [] : [`${where}.${field.name} is ${String(other.type)}`];
    return [...type, ...differencesOfInputs(`${where}.${field.name}`, field.args, other.args)];
  });
}

test("the schema agrees with Railway's", { skip }, () => {
  const railway = readSchema(file!);
  assert.deepEqual(
    ownTypes.flatMap((type) => differences(type, railway.getType(type.name))),
    [],
  );
});

test("every operation fits Railway's schema", { skip }, () => {
  const railway = readSchema(file!);
  for (const { name, document } of operations) {
    assert.deepEqual(validate(railway, parse(document)), [], name);
  }
});
