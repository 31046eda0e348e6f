import { specInvalid, specKeyUnknown } from '../errors.js';
import { keysAt } from '../spec/known-keys.js';
import { modelEntrySchema } from '../spec/schema.js';
import type { DrawnValue } from './distributions.js';
import type { SweepSpec } from './schema.js';

/** Keys that a sweep needs as they are. */
const FIXED: Readonly<Record<string, string>> = {
  name: 'trials have names of their own',
  'training.monitor': 'all trials are compared by one metric',
  reportPrior: 'it changes nothing in a trial',
};

/**
 * Checks that every key of the space is one of a model entry, and one that may be searched.
 *
 * @throws LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN, LIMAML_ERR_EXPERIMENT_SPEC_INVALID
 */
export function assertSpace({ space, search }: SweepSpec): void {
  const keys = Object.keys(space);
  if (keys.length === 0) throw specInvalid('space', 'there is nothing to search');
  for (const key of keys) {
    assertKnown(key);
    const fixed = FIXED[key];
    if (fixed !== undefined) throw specInvalid(`space.${key}`, fixed, 'Take it out of the space');
  }
  if (search === 'asha' && keys.includes('training.epochs')) {
    const problem = 'successive halving itself decides how long a trial is trained';
    throw specInvalid('space.training.epochs', problem, 'Take it out, or search at random');
  }
}

function assertKnown(key: string): void {
  const steps = key.split('.');
  steps.forEach((step, at) => {
    // No keys: any may be here, as in the options of a model plugin.
    const known = keysAt(modelEntrySchema, steps.slice(0, at));
    if (known.length === 0 || known.includes(step)) return;
    throw specKeyUnknown(`space.${steps.slice(0, at + 1).join('.')}`, known);
  });
}

/** Values by key, `{ 'a.b': 1 }`, as one object, `{ a: { b: 1 } }`. */
export function nest(values: Readonly<Record<string, DrawnValue>>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const steps = key.split('.');
    const last = steps.pop()!;
    let place = nested;
    for (const step of steps) place = (place[step] ??= {}) as Record<string, unknown>;
    place[last] = value;
  }
  return nested;
}
