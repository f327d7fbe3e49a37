/** Checks a request against the form of a platform. */

import { type FormField, launchVariableLimits } from '@convoy/cluster';
import { z } from 'zod';
import { checked } from '../errors.ts';

/** Throws CONSOLE_BAD_REQUEST if the request is not what the form asks for. */
export function checkForm(fields: readonly FormField[], request: object): void {
  checked(schemaOf(fields), request, 'the request');
}

/** The schema of a request with the values of these fields. */
export function schemaOf(fields: readonly FormField[]): z.ZodObject {
  const shape = fields.map((field): [string, z.ZodType] => [field.key, optional(field, typeOf(field))]);
  return z.object(Object.fromEntries(shape));
}

function optional(field: FormField, type: z.ZodType): z.ZodType {
  if (field.required) return type;
  return field.default === undefined ? type.optional() : type.default(field.default);
}

function typeOf(field: FormField): z.ZodType {
  const { each } = field;
  return each === undefined ? valueOf(field) : z.partialRecord(z.enum(each), valueOf(field));
}

function valueOf(field: FormField): z.ZodType {
  switch (field.type) {
    case 'text':
    case 'secret':
      return textOf(field);
    case 'choice':
      return field.choices === undefined ? textOf(field) : z.enum(field.choices);
    case 'number':
      return numberOf(field);
    case 'flag':
      return z.boolean();
    case 'variables': {
      const { nameLength, totalBytes } = launchVariableLimits;
      return z.record(z.string().max(nameLength), z.string().max(totalBytes));
    }
  }
}

function textOf({ pattern, min, max }: FormField): z.ZodString {
  let text = z.string();
  if (min !== undefined) text = text.min(min);
  if (max !== undefined) text = text.max(max);
  return pattern === undefined ? text : text.regex(new RegExp(pattern));
}

function numberOf({ min, max }: FormField): z.ZodNumber {
  let number = z.int();
  if (min !== undefined) number = number.min(min);
  return max === undefined ? number : number.max(max);
}
