/** An axis of a chart. */
export interface ChartAxis {
  /** What is on it, with its unit: `'time of training (s)'`. */
  readonly title: string;
  /** Default `'linear'`. */
  readonly scale?: 'linear' | 'log';
}

interface Chart {
  readonly kind: 'chart';
  readonly title: string;
  /** What the picture shows and how to read it: for those who do not see it, and where none can be drawn. */
  readonly description: string;
}

/** A point of a line. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval of `y`, drawn as a bar. */
  readonly low?: number;
  readonly high?: number;
  /** How much is behind the point, e.g. its rows: the area of its dot. */
  readonly weight?: number;
  /** Whether the point stands out, e.g. as the epoch that was kept. Default false. */
  readonly marked?: boolean;
}

/** A line. Lines of one name have one colour and one entry in the legend. */
export interface LineSeries {
  readonly name: string;
  /** Lines of one panel share a picture of their own, beside those of the others, on the same axes. */
  readonly panel?: string;
  readonly points: readonly LinePoint[];
}

/** Lines over a number: learning curves, reliability, staleness. */
export interface LineChart extends Chart {
  readonly form: 'line';
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly LineSeries[];
  /** What `weight` counts, for the legend. */
  readonly weight?: string;
  /** Whether y = x is drawn, and both axes show the same range. Default false. */
  readonly diagonal?: boolean;
}

/** A number and its interval in a row; several of one label are in one row. */
export interface IntervalBar {
  readonly label: string;
  /** What the colour says; bars of one row have different ones. Default: one colour for all. */
  readonly series?: string;
  readonly mean: number;
  /** Null where there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Numbers with intervals, one row for each label: differences, cohorts. */
export interface IntervalChart extends Chart {
  readonly form: 'interval';
  readonly value: ChartAxis;
  readonly bars: readonly IntervalBar[];
  /** Whether a line is drawn at zero. Default false. */
  readonly zero?: boolean;
}

/** Points of one colour and shape. */
export interface ScatterSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A cloud of points: task against task, a map of embeddings. */
export interface ScatterChart extends Chart {
  readonly form: 'scatter';
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ScatterSeries[];
  /** Whether the series are in an order, which their colours then show. Default false. */
  readonly ordered?: boolean;
  /** Whether y = x is drawn, and both axes show the same range. Default false. */
  readonly diagonal?: boolean;
}

/** A picture, as data: what shows it chooses size, fonts and colours. More forms may come. */
export type ChartBlock = LineChart | IntervalChart | ScatterChart;
