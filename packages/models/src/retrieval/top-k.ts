import { topKInvalid } from '../errors.js';

/** Vectors of one width, row-major. */
export interface Vectors {
  /** `[…, W]`; rows are counted over all leading dimensions. */
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Options of {@link topK}. */
export interface TopKOptions {
  /** Candidates per member; all where there are fewer. Default 10. */
  readonly k?: number;
}

/** The best candidates of each member, best first. */
export interface TopK {
  /** Candidates per member: k, or their number. */
  readonly k: number;
  /** Rows of the candidates, `[members, k]`. */
  readonly candidates: Int32Array;
  /** Their products, `[members, k]`. */
  readonly scores: Float64Array;
}

/**
 * The k candidates with the largest products for each member: exact, by going through all of them.
 *
 * ```text
 * members [M, W], candidates [N, W] ── ⟨m, c⟩ for all pairs, k best kept ── candidates, scores [M, k]
 * ```
 *
 * Takes `M N W` multiplications and allocates the result only. Of equal products the candidate with the lower
 * row comes first. Without parameters.
 *
 * @throws LIMAML_ERR_MODELS_TOP_K_INVALID when widths differ or k is not a whole number above 0
 * @see Williams 1964 for the heap
 * @example
 * ```ts
 * const best = topK({ shape: [1, 2], data: [1, 0] }, { shape: [3, 2], data: [1, 5, 3, 0, 2, 0] }, { k: 2 });
 * best.candidates; // Int32Array [1, 2]
 * ```
 */
export function topK(members: Vectors, candidates: Vectors, { k = 10 }: TopKOptions = {}): TopK {
  const width = members.shape.at(-1)!;
  assertValid(width, candidates, k);
  const [rows, count] = [members.data.length / width, candidates.data.length / width];
  const kept = Math.min(k, count);
  const result = {
    k: kept,
    candidates: new Int32Array(rows * kept),
    scores: new Float64Array(rows * kept),
  };
  for (let row = 0; row < rows; row++) {
    const best = new Heap(result, row * kept);
    for (let at = 0; at < count; at++) {
      best.offer(at, product(members.data, row * width, candidates.data, at * width, width));
    }
    best.sort();
  }
  return result;
}

function assertValid(width: number, candidates: Vectors, k: number): void {
  const other = candidates.shape.at(-1)!;
  if (other !== width) {
    const what = `members have vectors of width ${width}, candidates of width ${other}`;
    throw topKInvalid(what, 'vectors of one width');
  }
  if (!Number.isInteger(k) || k < 1) throw topKInvalid(`k is ${k}`, 'a whole number above 0');
}

function product(
  a: ArrayLike<number>,
  from: number,
  b: ArrayLike<number>,
  start: number,
  width: number,
): number {
  let total = 0;
  for (let i = 0; i < width; i++) total += a[from + i]! * b[start + i]!;
  return total;
}

/** The best of one member, in its part of the result; the worst of them at the top. */
class Heap {
  readonly #into: TopK;
  readonly #start: number;
  #size = 0;

  constructor(into: TopK, start: number) {
    this.#into = into;
    this.#start = start;
  }

  offer(candidate: number, score: number): void {
    if (this.#size < this.#into.k) {
      this.#put(this.#size++, candidate, score);
      this.#rise(this.#size - 1);
    } else if (score > this.#score(0)) {
      this.#put(0, candidate, score);
      this.#sink(0, this.#size);
    }
  }

  /** Best first: the worst moves behind the rest, again and again. */
  sort(): void {
    for (let end = this.#size - 1; end > 0; end--) {
      this.#swap(0, end);
      this.#sink(0, end);
    }
  }

  #rise(at: number): void {
    for (let parent = (at - 1) >> 1; at > 0 && this.#isWorse(at, parent); parent = (at - 1) >> 1) {
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(at: number, size: number): void {
    for (;;) {
      let worst = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
        if (this.#isWorse(child, worst)) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #isWorse(a: number, b: number): boolean {
    const lead = this.#score(a) - this.#score(b);
    return lead < 0 || (lead === 0 && this.#candidate(a) > this.#candidate(b));
  }

  #score(at: number): number {
    return this.#into.scores[this.#start + at]!;
  }

  #candidate(at: number): number {
    return this.#into.candidates[this.#start + at]!;
  }

  #put(at: number, candidate: number, score: number): void {
    this.#into.candidates[this.#start + at] = candidate;
    this.#into.scores[this.#start + at] = score;
  }

  #swap(a: number, b: number): void {
    const candidate = this.#candidate(a);
    const score = this.#score(a);
    this.#put(a, this.#candidate(b), this.#score(b));
    this.#put(b, candidate, score);
  }
}
