import type { Tensor, TensorSpec } from '@limaml/graph';
import type { Tree } from './tree.js';

/** How a parameter is filled before training. */
export type Initializer =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly stddev: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  /** Uniform in ±√(6 / (fanIn + fanOut)) over the last two dimensions (Glorot & Bengio 2010). */
  | { readonly kind: 'glorot' };

/** A parameter before it has a value. */
export interface ParamSpec {
  readonly shape: readonly number[];
  readonly init: Initializer;
}

/** Symbolic tensors of encoded features, by feature name. */
export type FeatureTensors = Readonly<Record<string, Tensor>>;

/**
 * An embedding table. Meta block and global block may both read it; the inner loop never moves it.
 * Row 0 is padding, row 1 "unseen".
 */
export interface TableSpec {
  /** Vocabulary whose ids index the table (see `EncodedFeature.vocabulary`). */
  readonly vocabulary: string;
  /** Rows, the two reserved ones included. */
  readonly rows: number;
  /** Width D of a row. */
  readonly dim: number;
  readonly init: Initializer;
  /**
   * How programs see it. `'whole'`: all of it, `[rows, D]`, and features carry ids. `'rows'`: only the
   * rows that a batch touches, `[U, D]`, and features carry positions among these; memory and time then
   * do not grow with the table. Tables of one vocabulary must agree.
   */
  readonly feed: 'whole' | 'rows';
}

/** A further label of a row (applied, long dwell): predicted and trained on beside the label. */
export interface TargetSpec {
  /**
   * The outcome feature `[T, B, 1]` that says what came of it. Cross-entropy takes 1 where its encoded value
   * is above 0, which is above the training mean: for an outcome of 0 and 1 that is the outcome itself.
   * Squared error takes the encoded value.
   */
  readonly outcome: string;
  readonly loss: 'binary-cross-entropy' | 'squared-error';
  /** Factor on its loss, beside 1 for the label. */
  readonly weight: number;
}

/** A task's support set, `S` rows that are before its query set in time. */
export interface SupportSet {
  /** Row features, each `[T, S, …]`. */
  readonly rows: FeatureTensors;
  /** What came of these interactions (rating, dwell time…), each `[T, S, …]`: known for the past only. */
  readonly outcomes: FeatureTensors;
  /** Labels `[T, S]`. */
  readonly label: Tensor;
  /** 1 for a real row, 0 for padding, `[T, S]`. */
  readonly mask: Tensor;
  /** Dropout masks of the inner loop, each `[T, S, width]`: in training only, where the algorithm asks for it. */
  readonly noise?: FeatureTensors;
}

/** Everything the meta block may see: the entity's own features and its recent interactions. */
export interface MetaInput {
  /** Entity features, each `[T, …]`. */
  readonly entity: FeatureTensors;
  readonly support: SupportSet;
  /** Table rows `[U, D]` by table name. */
  readonly tables: FeatureTensors;
}

/** What the global block sees: the meta embedding, the candidate and the request. */
export interface ScoreInput {
  /** Meta embeddings `[T, D]`. */
  readonly embedding: Tensor;
  /** Row features of candidates and requests, each `[T, B, …]`. */
  readonly rows: FeatureTensors;
  readonly tables: FeatureTensors;
  /** Dropout masks by name, each `[T, B, width]` with values 0 or 1/(1 − rate); absent outside training. */
  readonly noise?: FeatureTensors;
}

/** Parameters of a model: the meta block θ_meta and the global block θ_global. */
export interface ModelParams<Leaf> {
  readonly meta: Tree<Leaf>;
  readonly global: Tree<Leaf>;
}

/**
 * A LiMAML model, written as functions over symbolic tensors:
 * `score = g_global([ e ; x ])` with `e = f_meta(θ ; x_meta)`.
 *
 * T tasks, S support rows, B rows, D embedding width.
 */
export interface Model {
  readonly name: string;
  /** Width D of the meta embedding. */
  readonly embeddingDim: number;
  /** Features the model reads; shapes start with T (entity) or T, B (rows, outcomes). */
  readonly inputs: {
    readonly entity: Readonly<Record<string, TensorSpec>>;
    readonly rows: Readonly<Record<string, TensorSpec>>;
    readonly outcomes: Readonly<Record<string, TensorSpec>>;
  };
  readonly params: ModelParams<ParamSpec>;
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Dropout masks the global block takes in training. */
  readonly noise: Readonly<Record<string, { readonly width: number; readonly rate: number }>>;
  /**
   * Names, or beginnings of names, of the meta block's last layers (`meta/offset`): what ANIL adapts and BOIL
   * leaves alone.
   */
  readonly head?: readonly string[];
  /** Further labels by name: several labels, one meta embedding. Default: none. */
  readonly targets?: Readonly<Record<string, TargetSpec>>;
  /** `f_meta`: the meta embedding `[T, D]`. Meta parameters may carry a leading T (fast weights). */
  metaEmbedding(meta: Tree<Tensor>, input: MetaInput): Tensor;
  /** `g_global`: logits `[T, B]`. */
  score(global: Tree<Tensor>, input: ScoreInput): Tensor;
  /** `g_global` for every one of {@link targets}: logits or values `[T, B]` by name. */
  scoreTargets?(global: Tree<Tensor>, input: ScoreInput): Readonly<Record<string, Tensor>>;
}
