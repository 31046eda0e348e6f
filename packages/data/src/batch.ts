import type { Model } from '@limaml/core';
import type { TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import type { EncodedLog } from './encoders/encoded-log.js';
import { batchTooLarge, featureMissing, episodeTooLarge } from './errors.js';
import type { Episode } from './episodes.js';
import { createIdRemap } from './id-remap.js';
import type { IdRemap } from './id-remap.js';

/** Sizes and features of the batches to assemble. */
export interface BatchOptions {
  /** T: tasks per batch. */
  readonly tasks: number;
  /** S: support rows per task; 0 leaves all `support/` feeds out. */
  readonly support: number;
  /** Q: query rows per task; 0 leaves all `query/` feeds out. */
  readonly query: number;
  /** Features to assemble: those of the model. */
  readonly inputs: Model['inputs'];
  /** Outcome features to assemble for query rows too: what a model's targets are read from, in training. Default: none. */
  readonly queryOutcomes?: readonly string[];
  /** Vocabularies whose tables live on the host; their features carry positions in `Batch.ids`. */
  readonly vocabularies: readonly string[];
  /** Puts the buffers of the feeds into shared memory, for executors with worker threads. Default false. */
  readonly shared?: boolean;
}

/** One batch. Its buffers belong to the assembler, which fills them anew on the next call. */
export interface Batch {
  /**
   * `entity.<f>` [T, …]; `support/row.<f>`, `support/outcome.<f>` [T, S, …]; `query/row.<f>` [T, Q, …] and, where
   * they are asked for, `query/outcome.<f>`; `support/label`, `support/mask`, `query/label`, `query/mask`. What no episode fills is 0.
   */
  readonly feeds: TensorMap;
  /**
   * Per host-side vocabulary, the table rows that the batch touches: 0 (padding), 1 (unseen), then the
   * others in order of appearance, then zeros up to a power of two.
   */
  readonly ids: Readonly<Record<string, Int32Array>>;
  /** Per host-side vocabulary, how many of `ids` are real. */
  readonly idCounts: Readonly<Record<string, number>>;
  /** Episodes in the batch; the tasks behind them are padding. */
  readonly tasks: number;
}

/** Turns episodes into batches. */
export interface BatchAssembler {
  /**
   * @param episodes at most T of them
   * @param from their log, where it is another one that the same encoders have encoded: a part of a log
   * @throws LIMAML_ERR_DATA_BATCH_SIZE, LIMAML_ERR_DATA_EPISODE_SIZE
   */
  assemble(episodes: readonly Episode[], from?: EncodedLog): Batch;
}

/**
 * Makes a batch assembler. All buffers are allocated here; assembling allocates nothing that grows
 * with the batch.
 *
 * @throws LIMAML_ERR_DATA_FEATURE_MISSING when the model reads a feature that the encoders do not make
 * @example
 * ```ts
 * const assembler = createBatchAssembler(encoded, {
 *   tasks: 64, support: 40, query: 40, inputs: model.inputs, vocabularies: ['row.movie'],
 * });
 * const { feeds, ids } = assembler.assemble(episodes.slice(0, 64));
 * ```
 */
export function createBatchAssembler(encoded: EncodedLog, options: BatchOptions): BatchAssembler {
  const blocks = createBlocks(encoded, options);
  const remaps = createRemaps(encoded, options, blocks);
  const feeds: TensorMap = Object.fromEntries(
    blocks.flatMap((block) => block.feeds.map(({ name, tensor }) => [name, tensor])),
  );
  return {
    assemble(episodes, from = encoded) {
      assertFits(episodes, options);
      for (const block of blocks) block.fill(episodes, from);
      for (const remap of remaps) remap.run();
      return {
        feeds,
        ids: Object.fromEntries(remaps.map((remap) => [remap.vocabulary, remap.ids()])),
        idCounts: Object.fromEntries(remaps.map((remap) => [remap.vocabulary, remap.count()])),
        tasks: episodes.length,
      };
    },
  };
}

/** Feeds that are filled from the same log rows (or tasks). */
interface Block {
  readonly feeds: readonly Feed[];
  fill(episodes: readonly Episode[], from: EncodedLog): void;
}

interface Feed {
  readonly name: string;
  readonly tensor: TensorData;
  /** Undefined for labels and masks. */
  readonly feature?: EncodedFeature;
}

/** Entry i of a block is filled from row `sources[i]` of the log (or task) and goes to place `slots[i]`. */
interface Rows {
  readonly slots: Int32Array;
  readonly sources: Int32Array;
  /** Room for rows of a column's own, where it has an index. */
  readonly looked: Int32Array;
}

function createRows(count: number): Rows {
  const [slots, sources, looked] = [0, 1, 2].map(() => new Int32Array(count));
  return { slots: slots!, sources: sources!, looked: looked! };
}

/** Where the rows come from, and where the buffers go. */
interface Place {
  readonly encoded: EncodedLog;
  readonly allocate: (bytes: number) => ArrayBufferLike;
}

const ownMemory = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);
const sharedMemory = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function createBlocks(encoded: EncodedLog, options: BatchOptions): Block[] {
  const { tasks, support, query, inputs, queryOutcomes = [], shared = false } = options;
  const place = { encoded, allocate: shared ? sharedMemory : ownMemory };
  const blocks = [entityBlock(place, tasks, inputs.entity)];
  const past = [...Object.keys(inputs.rows), ...Object.keys(inputs.outcomes)];
  const later = [...Object.keys(inputs.rows), ...queryOutcomes];
  if (support > 0) {
    blocks.push(
      rowBlock(place, 'support', [tasks, support], past, (e) => [e.supportStart, e.supportEnd]),
    );
  }
  if (query > 0) {
    blocks.push(rowBlock(place, 'query', [tasks, query], later, (e) => [e.queryStart, e.queryEnd]));
  }
  return blocks;
}

function entityBlock(
  place: Place,
  tasks: number,
  inputs: Readonly<Record<string, TensorSpec>>,
): Block {
  const feeds = Object.keys(inputs).map((name) => createFeed(place, name, name, [tasks]));
  const rows = createRows(tasks);
  rows.slots.forEach((_, slot) => (rows.slots[slot] = slot));
  return {
    feeds,
    fill(episodes, from) {
      episodes.forEach(({ task }, slot) => (rows.sources[slot] = task));
      for (const feed of feeds) gather(feed, from, rows, episodes.length);
    },
  };
}

function rowBlock(
  place: Place,
  part: 'support' | 'query',
  [tasks, width]: readonly [number, number],
  names: readonly string[],
  rangeOf: (episode: Episode) => readonly [start: number, end: number],
): Block {
  const { allocate } = place;
  const shape = [tasks, width];
  const features = names.map((name) => createFeed(place, name, `${part}/${name}`, shape));
  const label = new Float32Array(allocate(4 * tasks * width));
  const mask = new Float32Array(allocate(4 * tasks * width));
  const rows = createRows(tasks * width);
  return {
    feeds: [
      ...features,
      { name: `${part}/label`, tensor: { dtype: 'float32', shape, data: label } },
      { name: `${part}/mask`, tensor: { dtype: 'float32', shape, data: mask } },
    ],
    fill(episodes, from) {
      const count = placeRows(from, episodes, rangeOf, width, rows);
      for (const feed of features) gather(feed, from, rows, count);
      label.fill(0);
      mask.fill(0);
      for (let at = 0; at < count; at++) {
        label[rows.slots[at]!] = from.label[rows.sources[at]!]!;
        mask[rows.slots[at]!] = 1;
      }
    },
  };
}

/** Lists which log row goes to which place of `[T, width]`. Returns how many there are. */
function placeRows(
  encoded: EncodedLog,
  episodes: readonly Episode[],
  rangeOf: (episode: Episode) => readonly [start: number, end: number],
  width: number,
  { slots, sources }: Rows,
): number {
  const { rows } = encoded.tasks;
  let count = 0;
  for (let task = 0; task < episodes.length; task++) {
    const [start, end] = rangeOf(episodes[task]!);
    for (let position = start; position < end; position++) {
      slots[count] = task * width + position - start;
      sources[count++] = rows[position]!;
    }
  }
  return count;
}

function createFeed(
  { encoded, allocate }: Place,
  feature: string,
  name: string,
  leading: readonly number[],
): Feed {
  const column = encoded.columns[feature];
  if (!column) throw featureMissing(feature, Object.keys(encoded.columns));
  const { kind, width } = column.feature;
  const shape = kind === 'categorical' ? [...leading] : [...leading, width];
  const memory = allocate(4 * shape.reduce((product, size) => product * size, 1));
  const tensor: TensorData =
    kind === 'dense'
      ? { dtype: 'float32', shape, data: new Float32Array(memory) }
      : { dtype: 'int32', shape, data: new Int32Array(memory) };
  return { name, tensor, feature: column.feature };
}

/** Copies the entries of `sources` to `slots`; everything else becomes 0. */
function gather(
  feed: Feed,
  from: EncodedLog,
  { slots, sources, looked }: Rows,
  count: number,
): void {
  const { data, index, stride } = from.columns[feed.feature!.name]!;
  if (index !== undefined) lookUp(index, sources, looked, count);
  const into = feed.tensor.data;
  into.fill(0);
  const places = { slots, rows: index === undefined ? sources : looked, count, stride };
  if (into instanceof Float32Array && data instanceof Float32Array) copyFloats(data, into, places);
  else copyInts(data as Int32Array, into as Int32Array, places);
}

function lookUp(index: Int32Array, sources: Int32Array, into: Int32Array, count: number): void {
  for (let at = 0; at < count; at++) into[at] = index[sources[at]!]!;
}

/** Row `rows[i]` of the data goes to row `slots[i]` of the buffer. */
interface Places {
  readonly slots: Int32Array;
  readonly rows: Int32Array;
  readonly count: number;
  readonly stride: number;
}

// The same loop twice: one that meets two kinds of arrays runs several times slower in both.
function copyFloats(data: Float32Array, into: Float32Array, places: Places): void {
  const { slots, rows, count, stride } = places;
  for (let at = 0; at < count; at++) {
    const [from, to] = [rows[at]! * stride, slots[at]! * stride];
    for (let step = 0; step < stride; step++) into[to + step] = data[from + step]!;
  }
}

function copyInts(data: Int32Array, into: Int32Array, places: Places): void {
  const { slots, rows, count, stride } = places;
  for (let at = 0; at < count; at++) {
    const [from, to] = [rows[at]! * stride, slots[at]! * stride];
    for (let step = 0; step < stride; step++) into[to + step] = data[from + step]!;
  }
}

function createRemaps(
  encoded: EncodedLog,
  options: BatchOptions,
  blocks: readonly Block[],
): IdRemap[] {
  const feeds = blocks.flatMap((block) => block.feeds);
  return options.vocabularies.map((vocabulary) => {
    const feature = encoded.schema.find((known) => known.vocabulary === vocabulary);
    if (!feature) throw featureMissing(vocabulary, Object.keys(encoded.columns));
    const using = feeds.filter((feed) => feed.feature?.vocabulary === vocabulary);
    const buffers = using.map(({ tensor }) => tensor.data as Int32Array);
    return createIdRemap(vocabulary, feature.size, buffers);
  });
}

function assertFits(episodes: readonly Episode[], { tasks, support, query }: BatchOptions): void {
  if (episodes.length > tasks) throw batchTooLarge(episodes.length, tasks);
  for (const episode of episodes) {
    const supportRows = episode.supportEnd - episode.supportStart;
    const queryRows = episode.queryEnd - episode.queryStart;
    if (support > 0 && supportRows > support)
      throw episodeTooLarge('support', supportRows, support);
    if (query > 0 && queryRows > query) throw episodeTooLarge('query', queryRows, query);
  }
}
