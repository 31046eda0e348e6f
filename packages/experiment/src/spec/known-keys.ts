import { z } from 'zod';

/** The keys a schema knows at a path of a value, through lists, defaults and alternatives; [] when there are none. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [head, ...rest] = path;
  return objectsOf(schema).flatMap((object) => {
    if (head === undefined) return Object.keys(object.shape);
    const inner = (object.shape as Readonly<Record<string, z.core.$ZodType>>)[String(head)];
    if (inner === undefined) return [];
    const afterIndex = typeof rest[0] === 'number' ? rest.slice(1) : rest;
    return keysAt(inner, afterIndex);
  });
}

/** The object schemas that a schema wraps. */
function objectsOf(schema: z.core.$ZodType): readonly z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodArray) return objectsOf(schema.element);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(objectsOf);
  const wrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable;
  return wrapped ? objectsOf(schema.unwrap()) : [];
}
