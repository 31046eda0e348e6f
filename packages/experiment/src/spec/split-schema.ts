import { z } from 'zod';

const fraction = z.number().min(0).lt(1);
const positiveInt = z.int().positive();
const rowCount = z.strictObject({
  /** Rows a task has, at least. */
  min: positiveInt.default(1),
  /** Rows a task has, at most; null for no bound. */
  max: positiveInt.nullable().default(null),
});

/** Where an episode is cut: in the middle, at a moment, or after or before a number of rows. */
const cut = z.union([
  z.literal('half'),
  z.iso.datetime(),
  z.strictObject({ support: positiveInt }),
  z.strictObject({ query: positiveInt }),
]);

/** Candidates that no training row may have. */
const newCandidates = z.union([
  /** Share of the candidates, drawn by seed. */
  z.strictObject({ share: z.number().gt(0).lt(1) }),
  /** Candidates whose numeric column is at or above a value, e.g. films by year. */
  z.strictObject({ column: z.string().min(1), from: z.number() }),
]);

/** How tasks and their rows are divided, and what is tested. */
export const splitSchema = z.strictObject({
  /**
   * What test rows are new in. `'new-entity'`: test tasks are entities that training never saw. `'entity-time'`: the
   * newest rows of each entity. `'global-time'`: all rows from a moment on.
   */
  by: z.enum(['new-entity', 'entity-time', 'global-time']).default('new-entity'),
  /** Share of what `by` divides that is tested: of the entities, of each entity's rows, or of all rows. */
  testShare: fraction.default(0.2),
  /** Share of the rest that chooses epochs and hyper-parameters. */
  validationShare: fraction.default(0.1),
  /**
   * Tests the entities with so many rows instead of a share of all; those with more are trained and validated on,
   * those with fewer left out. With `by: 'new-entity'` only, as `order: 'random'` and `testTrained`.
   */
  testRows: rowCount.nullable().default(null),
  /**
   * Where the episodes of validation and test tasks are cut. With `by: 'global-time'` a moment is where testing
   * begins; otherwise the shares say where rows that are divided in time are cut.
   */
  cut: cut.default('half'),
  /** Whether a task's rows are taken in time or drawn in random order, as some published protocols do. */
  order: z.enum(['time', 'random']).default('time'),
  /** Rows of the tasks that are evaluated and, with `testRows` absent, trained on; others are left out. */
  rows: rowCount.prefault({}),
  /** Newest rows before the cut that are the support set, at most. */
  maxSupport: positiveInt.default(40),
  /** Rows from the cut on that are the query set, at most. */
  maxQuery: positiveInt.default(40),
  /** Support rows of a task that is evaluated, at least; 0 tests the prior embedding, too. */
  minSupport: z.int().nonnegative().default(1),
  /** What happens to support rows with the timestamp of the first query row. */
  ties: z.enum(['log-order', 'exclude']).default('log-order'),
  /** Candidates kept from training. Their rows are test sets of their own; the main one is without them. */
  newCandidates: newCandidates.nullable().default(null),
  /** Also test the entities of training on new candidates, and on the rows they were trained on. */
  testTrained: z.boolean().default(false),
  /** Also test with so many of the newest support rows only, on the same query sets; 0 is the prior embedding. */
  supportSizes: z.array(z.int().nonnegative()).default([]),
});
