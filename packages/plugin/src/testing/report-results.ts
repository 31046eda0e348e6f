import type {
  ReportCohort,
  ReportDifference,
  ReportInterval,
  ReportMetrics,
  ReportModel,
  ReportResults,
  ReportRun,
} from '../contracts/index.js';

const METRICS = ['auc', 'logLoss'] as const;
const TIMINGS = {
  ...{ compute: 12, data: 1, optimiser: 2, evaluation: 3, compile: 2 },
  ...{ compiled: 3, cached: 1, hits: 40 },
};

/**
 * Results of an invented experiment: a model with and without adaptation and a baseline, two seeds, two
 * cohorts, a metric that does not exist for one of them. What {@link testReportSection} renders first, and what
 * the tests of a section can start from.
 */
export const SAMPLE_RESULTS: ReportResults = {
  experiment: 'sample',
  createdAt: '2026-01-05T10:00:00.000Z',
  spec: { name: 'sample', dataset: 'courses', entity: 'course', metrics: METRICS, seeds: [1, 2] },
  data: { name: 'courses', rows: 1200, tasks: 80, malformedRows: [] },
  models: [
    model('LiMAML', 'model', 0.79),
    model('LiMAML, not adapted', 'prior', 0.71),
    model('item rate', 'baseline', 0.68),
  ],
  differences: [
    { ...difference(0.08), name: 'LiMAML', against: 'LiMAML, not adapted' },
    { ...difference(0.11), name: 'LiMAML', against: 'item rate' },
  ],
  seconds: 42.5,
  environment: {
    ...{ platform: 'linux x64', processor: 'invented', cores: 2, memory: 8 * 2 ** 30 },
    versions: { node: 'v20.19.0' },
    commit: '0123456789abcdef0123456789abcdef01234567',
    command: ['experiment', 'sample.ts', '--out', 'runs/sample'],
  },
};

/** Results that a section must stand, by what is special about them. */
export const EDGE_RESULTS: Readonly<Record<string, ReportResults>> = {
  'one seed': oneSeed(SAMPLE_RESULTS),
  'baselines alone': {
    ...SAMPLE_RESULTS,
    models: [model('item rate', 'baseline', 0.68)],
    differences: [],
  },
  'no cohorts': {
    ...SAMPLE_RESULTS,
    models: SAMPLE_RESULTS.models.map((one) => ({ ...one, cohorts: [], tests: [] })),
    differences: SAMPLE_RESULTS.differences.map((one) => ({ ...one, cohorts: [], tests: [] })),
  },
  'only what earlier versions wrote': earlier(SAMPLE_RESULTS),
  'no models': { ...SAMPLE_RESULTS, models: [], differences: [] },
  'names with marks': { ...SAMPLE_RESULTS, models: [model('a | b\n*c* <d>', 'model', 0.5)] },
  'malformed rows': {
    ...SAMPLE_RESULTS,
    data: {
      ...SAMPLE_RESULTS.data,
      malformedRows: [{ reason: 'no time', count: 2, examples: ['a.csv:5', 'a.csv:9'] }],
    },
  },
};

function model(name: string, kind: ReportModel['kind'], mean: number): ReportModel {
  const runs = [1, 2].map((seed) => run(kind, seed, mean));
  return { name, kind, ...parts(mean), runs };
}

function run(kind: ReportModel['kind'], seed: number, mean: number): ReportRun {
  const values = { auc: mean + 0.001 * seed, logLoss: 1 - mean };
  if (kind !== 'model') return { seed, metrics: values, seconds: 0.5 };
  const history = [0.7, 0.6].map((loss) => ({ loss, monitored: mean }));
  return {
    seed,
    metrics: values,
    seconds: 20,
    training: { bestEpoch: 1, history },
    timings: TIMINGS,
  };
}

type Parts = Pick<ReportModel, 'metrics' | 'cohorts' | 'tests'>;

function parts(mean: number): Parts {
  const tests = [{ name: 'new candidates', tasks: 70, metrics: metrics(mean - 0.05) }];
  return { metrics: metrics(mean), cohorts: cohorts(mean), tests };
}

function difference(mean: number): Parts & Pick<ReportDifference, 'bootstrap'> {
  const sure = { mean, low: mean - 0.01, high: mean + 0.01, p: 0.002, adjusted: 0.004 };
  return { ...parts(mean), bootstrap: { auc: sure } };
}

function cohorts(mean: number): readonly ReportCohort[] {
  const [few, many] = [metrics(mean - 0.02), { ...metrics(mean + 0.02), auc: null }];
  return [
    { by: 'support', name: '<15', tasks: 30, metrics: few },
    { by: 'support', name: '15–39', tasks: 50, metrics: many },
  ];
}

function metrics(mean: number): ReportMetrics {
  return { auc: interval(mean), logLoss: interval(1 - mean) };
}

function interval(mean: number): ReportInterval {
  return { mean, low: mean - 0.004, high: mean + 0.004 };
}

/** Without environment and bootstrap. */
function earlier(results: ReportResults): ReportResults {
  const { experiment, createdAt, spec, data, models, seconds } = results;
  const differences = results.differences.map(({ name, against, metrics: all, ...rest }) => ({
    ...{ name, against, metrics: all, cohorts: rest.cohorts, tests: rest.tests },
  }));
  return { experiment, createdAt, spec, data, models, differences, seconds };
}

function oneSeed(results: ReportResults): ReportResults {
  const single = (values: ReportMetrics): ReportMetrics =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value && { ...value, low: null, high: null },
      ]),
    );
  const alone = <Part extends Parts>(part: Part): Part => ({
    ...part,
    metrics: single(part.metrics),
    cohorts: part.cohorts.map((one) => ({ ...one, metrics: single(one.metrics) })),
    tests: part.tests.map((one) => ({ ...one, metrics: single(one.metrics) })),
  });
  const models = results.models.map((one) => ({ ...alone(one), runs: one.runs.slice(0, 1) }));
  return { ...results, models, differences: results.differences.map(alone) };
}
