/** Outcomes of training rows, grouped by task. */
export interface FactorRows {
  /** Task t owns entries offsets[t] … offsets[t + 1]. */
  readonly offsets: Int32Array;
  /** Candidate of each entry. */
  readonly candidate: Int32Array;
  /** Standardised outcome x of each entry. */
  readonly value: Float64Array;
}

/** A fitted factor model `x = μ_i + ⟨V_i, w_u⟩ + noise`, with `w_u ~ N(0, I)`. */
export interface FactorModel {
  /** K: factors, the first one made to carry how much a task likes everything. */
  readonly dim: number;
  /** V, `[candidates, K]`. */
  readonly loadings: Float64Array;
  /** μ, per candidate. */
  readonly mean: Float64Array;
  /** Variance s² of the noise. */
  readonly noise: number;
}
