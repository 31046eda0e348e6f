/** A raw column, before encoding. Missing is NaN, code −1, or an empty list. */
export type Column =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | {
      readonly kind: 'category';
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    }
  | {
      readonly kind: 'list';
      /** Row r holds codes[offsets[r] … offsets[r+1]). Length rows + 1. */
      readonly offsets: Int32Array;
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    };

/** Named columns of equal length. */
export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** How a raw column becomes a feature. */
export type FeatureDeclaration = {
  /** Name of the feature, unique within its owner; also the column it reads unless `column` says otherwise. */
  readonly name: string;
  readonly column?: string;
} & (
  | {
      /** A number. */
      readonly kind: 'dense';
      /** Applied before standardising to mean 0 and variance 1 on training rows. Default `'none'`. */
      readonly transform?: 'none' | 'log1p';
    }
  | {
      /** One value of a vocabulary. */
      readonly kind: 'categorical';
      /** Values seen less often in training share the unseen bucket. Default 1. */
      readonly minCount?: number;
    }
  | {
      /** A set of values (`multi`) or an ordered list, newest last (`sequence`). */
      readonly kind: 'multi' | 'sequence';
      readonly minCount?: number;
      /** Longer lists keep their last values. Default 16. */
      readonly maxLength?: number;
    }
);

/** One kind of entity of a log (member, job, movie…): its ids and its side table, row r for `ids[r]`. */
export interface EntityTable {
  readonly ids: readonly string[];
  readonly table: Table;
  readonly features: readonly FeatureDeclaration[];
}

/** What a reader counted. */
export interface ReadReport {
  readonly rowsRead: number;
  readonly rowsKept: number;
  /** Malformed rows, by reason, with the first few places. */
  readonly malformed: readonly { reason: string; count: number; examples: readonly string[] }[];
}

/** An interaction log: who met what, when, with which outcome. Rows may be in any order. */
export interface InteractionLog {
  readonly name: string;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly timestamp: Float64Array;
  /** 0 or 1 (or a rating where the task is regression). */
  readonly label: Float32Array;
  /** Per entity type, the row of its {@link EntityTable} that took part in each interaction; −1 = none. */
  readonly refs: Readonly<Record<string, Int32Array>>;
  readonly entities: Readonly<Record<string, EntityTable>>;
  /** The entity type that is scored (job, movie). */
  readonly candidate: string;
  /** Features of the interaction or request itself. */
  readonly context: Table;
  readonly contextFeatures: readonly FeatureDeclaration[];
  /** What came of the interaction beyond the label (rating, dwell); usable for past rows only. */
  readonly outcomes: Table;
  readonly outcomeFeatures: readonly FeatureDeclaration[];
  /** True click probability where it is known (simulator). */
  readonly trueProbability?: Float32Array;
  readonly report: ReadReport;
}
