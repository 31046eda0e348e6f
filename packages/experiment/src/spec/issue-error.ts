import type { z } from 'zod';
import { specInvalid, specKeyUnknown } from '../errors.js';
import { keysAt } from './known-keys.js';

/**
 * What is wrong with a value that does not fit a schema, as the coded error that people see: an unknown key comes
 * with the near ones.
 *
 * @param at where the value is, for messages: the beginning of a field's name
 */
export function issueError(schema: z.core.$ZodType, issue: z.core.$ZodIssue, at = ''): Error {
  const field = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const path = [...field, issue.keys[0]!].join('.');
    return specKeyUnknown(`${at}${path}`, keysAt(schema, issue.path));
  }
  return specInvalid(`${at}${field.join('.') || 'spec'}`, issue.message);
}
