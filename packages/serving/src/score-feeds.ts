import type { EncodedRecord, FeatureRecord, RowWriter } from '@limaml/data';
import type { TensorData, TensorMap } from '@limaml/graph';
import type { CandidateIndex } from './candidate-index.js';
import { emptyTensor } from './feeds.js';
import type { Bundle } from './open-bundle.js';
import { copyEmbeddings, type OtherEmbeddings } from './other-embeddings.js';
import { embeddingFeature } from './embedding-feature.js';
import type { ScoreRequest } from './score-request.js';

/** Shapes that keep their views of the buffers; requests mostly have a few sizes. */
const KEPT_VIEWS = 256;
const FIRST_CAPACITY = 256;

/** Where one row feature of score.onnx comes from, and its rows `[capacity, stride]`. */
interface Column {
  readonly feature: string;
  readonly stride: number;
  /** The candidate table's; undefined for a feature of the request. */
  readonly table: TensorData['data'] | undefined;
  readonly buffer: TensorData;
}

/** Feeds and outputs of one number of rows: views of the buffers. */
interface Views {
  readonly feeds: TensorMap;
  readonly into: TensorMap;
}

/** Part of a request: its candidates from `start` to `end`. */
export interface CandidateRange {
  readonly request: ScoreRequest;
  /** `[D]`. */
  readonly embedding: Float32Array;
  readonly start: number;
  readonly end: number;
  /** Place of `start` among the candidates of all requests that are scored together. */
  readonly first: number;
}

/** Scores of some rows; views that the next run overwrites. */
export interface RowScores {
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
}

/**
 * The buffers of one run of score.onnx at a time. Every candidate is a task of its own, `[rows, 1, …]`,
 * with the embedding of its request beside it, so that candidates of any requests share a run. Buffers grow
 * to the largest run and are used again; nothing is allocated for a candidate.
 */
export class ScoreFeeds {
  readonly #bundle: Bundle;
  readonly #index: CandidateIndex;
  /** Writes a candidate that is not in the table into {@link #arrays}. */
  readonly #write: RowWriter;
  readonly #views = new Map<number, Views>();
  #capacity = 0;
  #columns: readonly Column[] = [];
  #arrays: readonly EncodedRecord[string][] = [];
  #embeddings = new Float32Array(0);
  /** Embeddings of other entity types `[capacity, 1, D]`, by row feature. */
  #others: Readonly<Record<string, TensorData>> = {};
  #outputs: Readonly<Record<'logits' | 'probability', Float32Array>>;
  /** Row in the candidate table; −1 for a candidate that is not in it. */
  #positions = new Int32Array(0);

  constructor(bundle: Bundle, index: CandidateIndex) {
    this.#bundle = bundle;
    this.#index = index;
    this.#write = bundle.encoders.createRowWriter(featuresOf(bundle));
    this.#outputs = { logits: new Float32Array(0), probability: new Float32Array(0) };
  }

  /**
   * Scores the candidates of some ranges, one after the other.
   * @param others embeddings of other entity types that the candidates of all requests read
   */
  async run(
    ranges: readonly CandidateRange[],
    others: readonly OtherEmbeddings[],
  ): Promise<RowScores> {
    const rows = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    this.#reserve(rows);
    let row = 0;
    for (const range of ranges) {
      this.#fill(range, row);
      this.#fillOthers(range, row, others);
      row += range.end - range.start;
    }
    const { feeds, into } = this.#viewsOf(rows);
    await this.#bundle.score.run(feeds, into);
    return {
      logits: into.logits!.data as Float32Array,
      probabilities: into.probability!.data as Float32Array,
    };
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(rows)));
    this.#views.clear();
    this.#positions = new Int32Array(this.#capacity);
    this.#embeddings = new Float32Array(this.#capacity * this.#bundle.manifest.embedding.dim);
    this.#outputs = {
      logits: new Float32Array(this.#capacity),
      probability: new Float32Array(this.#capacity),
    };
    this.#columns = this.#allocateColumns();
    this.#others = this.#allocateOthers();
    this.#arrays = this.#columns.map(({ buffer }) => buffer.data as EncodedRecord[string]);
  }

  #allocateColumns(): readonly Column[] {
    const { score, candidates } = this.#bundle;
    return featuresOf(this.#bundle).map((feature) => {
      const buffer = emptyTensor(score.inputs[feature]!, [this.#capacity, 1]);
      const stride = buffer.data.length / this.#capacity;
      return { feature, stride, table: candidates.columns[feature]?.data, buffer };
    });
  }

  #allocateOthers(): Readonly<Record<string, TensorData>> {
    const { inputs } = this.#bundle.score;
    const read = otherFeatures(this.#bundle).filter((feature) => feature in inputs);
    return Object.fromEntries(
      read.map((feature) => [feature, emptyTensor(inputs[feature]!, [this.#capacity, 1])]),
    );
  }

  #fillOthers(
    { start, end, first }: CandidateRange,
    row: number,
    others: readonly OtherEmbeddings[],
  ): void {
    for (const other of others) {
      const buffer = this.#others[other.feature];
      if (buffer === undefined) continue;
      copyEmbeddings(other, first, end - start, buffer.data as Float32Array, row);
    }
  }

  #fill({ request, embedding, start, end }: CandidateRange, row: number): void {
    const { candidates, context } = request;
    const count = end - start;
    let known = 0;
    for (let at = 0; at < count; at++) {
      const candidate = candidates[start + at]!;
      const position = this.#index.positionOf(candidate) ?? -1;
      this.#positions[row + at] = position;
      this.#embeddings.set(embedding, (row + at) * embedding.length);
      if (position >= 0) known++;
      else this.#write(this.#index.recordOf(candidate), this.#arrays, row + at, context);
    }
    if (known > 0) this.#fillKnown(row, row + count, context);
    if (request.others !== undefined)
      this.#overwrite(row, row + count, this.#index.encodeOthers(request.others));
  }

  /** Columns of candidates that are in the table. */
  #fillKnown(start: number, end: number, context: FeatureRecord | undefined): void {
    for (const { feature, table, stride, buffer } of this.#columns) {
      if (table !== undefined) this.#copyKnown(table, buffer.data, stride, start, end);
      else this.#repeatKnown(this.#index.encodeContext(context)[feature]!, buffer.data, start, end);
    }
  }

  #copyKnown(
    table: TensorData['data'],
    into: TensorData['data'],
    stride: number,
    start: number,
    end: number,
  ): void {
    for (let row = start; row < end; row++) {
      const position = this.#positions[row]!;
      if (position < 0) continue;
      for (let step = 0; step < stride; step++)
        into[row * stride + step] = table[position * stride + step]!;
    }
  }

  #repeatKnown(
    value: EncodedRecord[string],
    into: TensorData['data'],
    start: number,
    end: number,
  ): void {
    for (let row = start; row < end; row++)
      if (this.#positions[row]! >= 0) into.set(value, row * value.length);
  }

  /** Features that a request gives for all its candidates. */
  #overwrite(start: number, end: number, record: EncodedRecord): void {
    for (const { feature, stride, buffer } of this.#columns) {
      const value = record[feature];
      if (value === undefined) continue;
      for (let row = start; row < end; row++) buffer.data.set(value, row * stride);
    }
  }

  #viewsOf(rows: number): Views {
    const known = this.#views.get(rows);
    if (known !== undefined) return known;
    if (this.#views.size >= KEPT_VIEWS) this.#views.clear();
    const made = { feeds: this.#feedsOf(rows), into: this.#outputsOf(rows) };
    this.#views.set(rows, made);
    return made;
  }

  #feedsOf(rows: number): TensorMap {
    const { score, manifest } = this.#bundle;
    const columns = [
      ...this.#columns.map(({ feature, buffer }) => [feature, buffer] as const),
      ...Object.entries(this.#others),
    ].map(([feature, buffer]) => [feature, firstRows(buffer, rows, this.#capacity)] as const);
    if (!('embedding' in score.inputs)) return Object.fromEntries(columns);
    const { dim } = manifest.embedding;
    const data = this.#embeddings.subarray(0, rows * dim);
    const embedding: TensorData = { dtype: 'float32', shape: [rows, dim], data };
    return { ...Object.fromEntries(columns), embedding };
  }

  #outputsOf(rows: number): TensorMap {
    const view = (data: Float32Array): TensorData => ({
      dtype: 'float32',
      shape: [rows, 1],
      data: data.subarray(0, rows),
    });
    return { logits: view(this.#outputs.logits), probability: view(this.#outputs.probability) };
  }
}

/** Row features that score.onnx reads, those that are embeddings of other entity types aside. */
function featuresOf(bundle: Bundle): readonly string[] {
  const embeddings = ['embedding', ...otherFeatures(bundle)];
  return Object.keys(bundle.score.inputs).filter((name) => !embeddings.includes(name));
}

function otherFeatures({ others }: Bundle): readonly string[] {
  return Object.keys(others).map(embeddingFeature);
}

/** @param capacity rows of the buffer */
function firstRows({ dtype, shape, data }: TensorData, rows: number, capacity: number): TensorData {
  return {
    dtype,
    shape: [rows, ...shape.slice(1)],
    data: data.subarray(0, (rows * data.length) / capacity),
  } as TensorData;
}
