import {
  add,
  broadcastTo,
  createNumbering,
  type Dim,
  matMul,
  mul,
  multiplyDims,
  type Operand,
  reshape,
  sub,
  type Tensor,
} from '@limaml/graph';
import { alignTasks } from '../layers/layer.js';

/** A dense layer at work in one pass: what it was applied to, and its result before the activation. */
export interface DenseUse {
  /** x `[T, B, F]`. */
  readonly rows: Tensor;
  /** The bias that was handed over, if any. */
  readonly bias: Tensor | undefined;
  /** `[T, B, O]`: the gradient with respect to it is Δ. */
  readonly y: Tensor;
}

/** What inner steps have subtracted from the weights so far: `α Sᵀ Δ`, with Δ summed over steps of equal S. */
export interface LowRankTerm {
  /** Rows the layer saw, S `[T, B, F]`. */
  readonly rows: Tensor;
  /** Sum of the gradients of its result, Δ `[T, B, O]`. */
  readonly delta: Tensor;
}

/** The kernel that all tasks start from. */
interface InitialKernel {
  /** W₀ `[F, O]`. */
  readonly value: Tensor;
  /** Inner rate α_W: one number. */
  readonly rate: Operand;
  /** The number of tasks T. */
  readonly tasks: Dim;
}

/** The bias that all tasks start from, where kernel and bias move together. */
export interface InitialBias {
  /** Name of the parameter. */
  readonly name: string;
  /** b₀ `[O]`. */
  readonly value: Tensor;
  /** Inner rate α_b: one number. */
  readonly rate: Operand;
}

/**
 * Fast weights of a dense layer that are never formed. Inner steps subtract products of what the layer
 * saw, $S_j$, and the gradients of its result, $\Delta_j$, so for any rows X
 *
 * $$X W_k + b_k = X W_0 + b_0 - \sum_{j<k} (\alpha_W X S_j^\top + \alpha_b) \Delta_j$$
 *
 * exactly. The first product is one for all tasks; the others are `[B, S]` and `[B, O]` per task. What
 * stays the same from step to step, such as everything but Δ where X does not depend on fast weights,
 * is made once.
 */
export class LowRankWeights {
  /** Every application so far, in order. */
  readonly uses: DenseUse[] = [];
  readonly #kernel: InitialKernel;
  /** The bias that moves together with the kernel, if any. */
  readonly bias: InitialBias | undefined;
  readonly #terms: readonly LowRankTerm[];
  readonly #shared: SharedTensors;

  constructor(
    kernel: InitialKernel,
    bias?: InitialBias,
    terms: readonly LowRankTerm[] = [],
    shared = new SharedTensors(),
  ) {
    this.#kernel = kernel;
    this.bias = bias;
    this.#terms = terms;
    this.#shared = shared;
  }

  /** Tells whether x has a task axis of its own, which the low-rank form needs. */
  accepts(x: Tensor): boolean {
    return x.shape.length >= 2 && x.shape[0] === this.#kernel.tasks;
  }

  /**
   * `x W_k + b_k`, recorded in {@link uses}.
   *
   * @param x `[T, …, F]`
   * @param bias b_k where it does not move together with the kernel, `[O]` or `[T, O]`
   * @returns `[T, …, O]`
   */
  apply(x: Tensor, bias: Tensor | undefined): Tensor {
    const rows = joinRows(x);
    const y = this.#terms.reduce(
      (output, { rows: seen, delta }) => sub(output, matMul(this.#overlap(rows, seen), delta)),
      this.#initialOutput(rows, bias),
    );
    this.uses.push({ rows, bias, y });
    return reshape(y, [...x.shape.slice(0, -1), y.shape.at(-1)!]);
  }

  /** The weights after one more step. */
  after(step: readonly LowRankTerm[], bias: InitialBias | undefined): LowRankWeights {
    const terms = step.reduce((all, term) => this.#shared.addTerm(all, term), this.#terms);
    return new LowRankWeights(this.#kernel, bias, terms, this.#shared);
  }

  /** W_k `[T, F, O]` itself. */
  materialised(): Tensor {
    const { value, rate, tasks } = this.#kernel;
    return this.#terms.reduce(
      (weights, { rows, delta }) =>
        sub(weights, mul(rate, matMul(rows, delta, { transposeA: true }))),
      broadcastTo(value, [tasks, ...value.shape]),
    );
  }

  #initialOutput(x: Tensor, bias: Tensor | undefined): Tensor {
    const kernel = this.#kernel.value;
    const product = this.#shared.once('product', [x], () => matMul(x, kernel));
    const moving = this.bias;
    if (moving) return this.#shared.once('output', [x], () => add(product, moving.value));
    return bias ? add(product, alignTasks(bias, 1, 3)) : product;
  }

  /** `α_W X Sᵀ + α_b` `[T, B, S]`: how much a gradient at each row seen moves each row of x. */
  #overlap(x: Tensor, seen: Tensor): Tensor {
    return this.#shared.once('overlap', [x, seen], () => {
      const overlap = mul(this.#kernel.rate, matMul(x, seen, { transposeB: true }));
      return this.bias ? add(overlap, this.bias.rate) : overlap;
    });
  }
}

/** Tensors that are made once for inputs that compute the same, and terms that are joined by them. */
class SharedTensors {
  readonly #numberOf = createNumbering();
  readonly #made = new Map<string, Tensor>();

  once(what: string, inputs: readonly Tensor[], make: () => Tensor): Tensor {
    const key = [what, ...inputs.map(this.#numberOf)].join();
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }

  addTerm(terms: readonly LowRankTerm[], term: LowRankTerm): readonly LowRankTerm[] {
    const number = this.#numberOf(term.rows);
    const at = terms.findIndex(({ rows }) => this.#numberOf(rows) === number);
    if (at < 0) return [...terms, term];
    const { rows, delta } = terms[at]!;
    return terms.with(at, { rows, delta: add(delta, term.delta) });
  }
}

/** Joins all axes between the task axis and the last: `[T, …, F]` to `[T, B, F]`. */
function joinRows(x: Tensor): Tensor {
  const [tasks, ...rest] = x.shape;
  return reshape(x, [tasks!, multiplyDims(rest.slice(0, -1)), rest.at(-1)!]);
}

/** A fast weight that is a tensor like any other, and that a dense layer need not materialise. */
interface LowRankTensor extends Tensor {
  readonly lowRank: LowRankWeights;
}

/** The fast weight `[T, F, O]` as a tensor that knows its low-rank form. */
export function lowRankTensor(lowRank: LowRankWeights): Tensor {
  const tensor: LowRankTensor = { ...lowRank.materialised(), lowRank };
  return tensor;
}

/** The low-rank form of a fast weight, if it has one. */
export function lowRankOf(tensor: Tensor): LowRankWeights | undefined {
  return 'lowRank' in tensor ? (tensor as LowRankTensor).lowRank : undefined;
}
