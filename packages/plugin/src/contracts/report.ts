import type { ChartBlock } from './chart.js';
import type { ReadReport } from './log.js';
import type { MetricPlugin } from './metric.js';
import type { PluginBase } from './plugin.js';

/** A mean over seeds and its 95 % interval; null where there are fewer than two seeds. */
export interface ReportInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Metrics by name over all seeds; null where a metric never existed. */
export type ReportMetrics = Readonly<Record<string, ReportInterval | null>>;

/** Metrics of the tasks of one cohort. */
export interface ReportCohort {
  /** What divides the tasks: `support`, `recency`, `known`, or the name of a feature. */
  readonly by: string;
  readonly name: string;
  /** Tasks, on average over seeds. */
  readonly tasks: number;
  readonly metrics: ReportMetrics;
}

/** Metrics on a test set beside the main one. */
export interface ReportTest {
  readonly name: string;
  /** What training saw of it: its entities with other rows, or its very rows. Absent where the split holds it out. */
  readonly trained?: 'entities' | 'rows';
  /** Tasks, on average over seeds. */
  readonly tasks: number;
  readonly metrics: ReportMetrics;
}

/** Where the time of one training went: seconds by part, and numbers of compiled programs. */
export interface ReportTimings {
  readonly compute: number;
  readonly data: number;
  readonly optimiser: number;
  readonly evaluation: number;
  readonly compile: number;
  readonly compiled: number;
  readonly cached: number;
  readonly hits: number;
}

/** One model or baseline with one seed. */
export interface ReportRun {
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Absent where nothing was trained. */
  readonly timings?: ReportTimings;
  /**
   * Loss and monitored metric by epoch, and the epoch that was kept, counted from 0. Absent where nothing was
   * trained.
   */
  readonly training?: {
    readonly bestEpoch: number;
    readonly history: readonly { readonly loss: number; readonly monitored: number | null }[];
  };
  /** Seconds of fitting or training. */
  readonly seconds: number;
  /** Most memory that the process had held by its end, in bytes; results of earlier versions lack it. */
  readonly peakMemory?: number;
}

/** One model or baseline over all seeds. */
export interface ReportModel {
  readonly name: string;
  /** `'prior'` is a model without adaptation. */
  readonly kind: 'model' | 'prior' | 'baseline';
  readonly metrics: ReportMetrics;
  readonly cohorts: readonly ReportCohort[];
  /** Results on further test sets; [] where the experiment has none. */
  readonly tests: readonly ReportTest[];
  readonly runs: readonly ReportRun[];
}

/** How sure a difference is. */
export interface ReportSignificance {
  readonly mean: number;
  /** 95 % interval over seeds and tasks. */
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value of no difference, and the same adjusted for all comparisons (Holm). */
  readonly p: number;
  readonly adjusted: number;
}

/** How much the first model is better than another, paired by seed: `name − against`. */
export interface ReportDifference {
  readonly name: string;
  readonly against: string;
  readonly metrics: ReportMetrics;
  readonly cohorts: readonly ReportCohort[];
  readonly tests: readonly ReportTest[];
  /** Paired bootstrap over seeds and tasks, by metric; absent where predictions were not kept. */
  readonly bootstrap?: Readonly<Record<string, ReportSignificance>>;
}

/** What sections may rely on of the results of an experiment; `results.json` may hold more. */
export interface ReportResults {
  readonly experiment: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The spec with its defaults filled in, as JSON. */
  readonly spec: unknown;
  readonly data: {
    readonly name: string;
    readonly rows: number;
    readonly tasks: number;
    /** Equal for equal data; results of earlier versions lack it. */
    readonly fingerprint?: string;
    readonly malformedRows: ReadReport['malformed'];
  };
  /** In the order of the spec: models, then baselines. May be empty. */
  readonly models: readonly ReportModel[];
  readonly differences: readonly ReportDifference[];
  readonly seconds: number;
  /** What every split was checked for before anything was fitted; results of earlier versions lack it. */
  readonly leakChecks?: readonly string[];
  /** Where it ran; results of earlier versions lack it. */
  readonly environment?: ReportEnvironment;
}

/** What timings depend on, and what it takes to repeat an experiment. */
export interface ReportEnvironment {
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Commit of the folder it was started in, with `+changes` when that is not all; absent outside a repository. */
  readonly commit?: string;
  /** Arguments of the program. */
  readonly command: readonly string[];
}

/** A paragraph. */
export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
  /** `'code'` is written as it stands, in fixed width: a command, a file. Default `'prose'`. */
  readonly format?: 'prose' | 'code';
}

/** A column of a table, and how its numbers are written. */
export interface ReportColumn {
  readonly name: string;
  /** Default: the first column left, the others right. */
  readonly align?: 'left' | 'right';
  /** Digits after the point. Default 4. */
  readonly digits?: number;
  /** Whether numbers that are not negative get a plus. Default false. */
  readonly signed?: boolean;
  /** Written after every number, e.g. `' %'`. Default: nothing. */
  readonly unit?: string;
}

/** Text, a finite number, an interval (`0.7901 ±0.0040`), or nothing (`–`). */
export type ReportCell = string | number | ReportInterval | null;

/** A table; every row has a cell for every column. */
export interface TableBlock {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
}

/**
 * A piece of a report, as data: what shows it (terminal, Markdown, a page) decides how it looks. More kinds
 * may come; what does not know one says so in its place.
 */
export type ReportBlock = TextBlock | TableBlock | ChartBlock;

/** What a run predicted for one query row. */
export interface ReportPrediction {
  /** Name of the set of test tasks; `'test'` is the main one. */
  readonly set: string;
  /** Episode of the set, from 0. */
  readonly episode: number;
  /** Id of the task's entity. */
  readonly task: string;
  /** Row of the log. */
  readonly row: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Rows of the support set. */
  readonly support: number;
  readonly label: number;
  /** Logit, or predicted value for regression. */
  readonly score: number;
  /** True probability, where data are simulated. */
  readonly truth?: number;
}

/** Meta embeddings of the test tasks of a run, and what is known of these tasks. */
export interface ReportEmbeddings {
  readonly task: readonly string[];
  /** One vector per task, all of one length. */
  readonly vectors: readonly ArrayLike<number>[];
  /** Values by name, one per task; null where a task has none. */
  readonly features: Readonly<Record<string, readonly (string | number | null)[]>>;
}

/** What sections may ask for beside the results. Files are read when they are asked for, and kept. */
export interface ReportContext {
  /** The metrics that are known here: which way is better, and what they mean. */
  readonly metrics: readonly Pick<MetricPlugin, 'name' | 'better' | 'description'>[];
  /**
   * What a model or baseline of the results predicted with a seed; undefined where that was not kept.
   *
   * @param model `name` of a {@link ReportModel}
   */
  predictions(model: string, seed: number): Promise<readonly ReportPrediction[] | undefined>;
  /** Meta embeddings of a model with a seed; undefined where they were not kept. */
  embeddings(model: string, seed: number): Promise<ReportEmbeddings | undefined>;
}

/**
 * A section of the report of an experiment. Sections follow each other in the order of registration. Run
 * `testReportSection` of `@limaml/plugin/testing` on an implementation.
 */
export interface ReportPlugin extends PluginBase<'report'> {
  /** Heading of the section. */
  readonly title: string;
  /**
   * The section's blocks, or undefined where these results have nothing for it. Depends on what it is given
   * alone, and changes nothing in it. A section that throws is left out of the report, and named.
   */
  render(
    results: ReportResults,
    context: ReportContext,
  ): readonly ReportBlock[] | undefined | Promise<readonly ReportBlock[] | undefined>;
}

declare module './plugin.js' {
  interface PluginKinds {
    report: ReportPlugin;
  }
}
