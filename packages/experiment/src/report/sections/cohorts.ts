import { defineReportSection } from '@limaml/plugin';
import type {
  ChartAxis,
  ReportBlock,
  ReportContext,
  ReportModel,
  ReportPlugin,
  ReportResults,
  TableBlock,
} from '@limaml/plugin';
import { barOf, bestFirst, columnsOf, mainMetric, metricAxis, metricsOf } from './results-view.js';

/** Cohorts are shown for the first metrics of the spec only; `results.json` holds all. */
const COHORT_METRICS = 2;
/** Models in a chart: as many as colours that can be told apart. */
const SHOWN = 6;

/** One table and chart per metric: every model and baseline by cohort. */
export function cohortSection(): ReportPlugin {
  return defineReportSection({ name: 'cohorts', title: 'Cohorts', render: cohortBlocks });
}

function cohortBlocks(
  results: ReportResults,
  context: ReportContext,
): readonly ReportBlock[] | undefined {
  const kinds = [...new Set((results.models[0]?.cohorts ?? []).map(({ by }) => by))];
  if (kinds.length === 0) return undefined;
  const shown = shownModels(results, context);
  return kinds.flatMap((by) =>
    metricsOf(results)
      .slice(0, COHORT_METRICS)
      .flatMap((metric) => [
        cohortTable(results, by, metric),
        ...cohortChart(shown, by, { metric, value: metricAxis(metric, context) }),
      ]),
  );
}

const DIVISIONS: Readonly<Record<string, string>> = {
  support: 'size of the support set',
  recency: 'time since the newest support row',
  known: 'whether training saw the entity',
};

/** `size of the support set`, or the name of a feature. */
function divisionName(by: string): string {
  return DIVISIONS[by] ?? by;
}

function cohortTable({ models }: ReportResults, by: string, metric: string): TableBlock {
  const cohortsOf = (model: ReportModel) => model.cohorts.filter((cohort) => cohort.by === by);
  const cohorts = cohortsOf(models[0]!).map(({ name, tasks }) => `${name} (${tasks})`);
  return {
    kind: 'table',
    title: `${metric} by ${divisionName(by)} (tasks per seed)`,
    columns: columnsOf('model', cohorts),
    rows: models.map((model) => [
      model.name,
      ...cohorts.map((_, at) => cohortsOf(model)[at]?.metrics[metric] ?? null),
    ]),
  };
}

/** The first model and the best of the others, as many as there is room for, in the order of the results. */
function shownModels(results: ReportResults, context: ReportContext): readonly ReportModel[] {
  const [first, ...others] = results.models;
  const best = [first!, ...bestFirst(others, mainMetric(results, context))].slice(0, SHOWN);
  return results.models.filter((model) => best.includes(model));
}

function cohortChart(
  models: readonly ReportModel[],
  division: string,
  { metric, value }: { readonly metric: string; readonly value: ChartAxis },
): readonly ReportBlock[] {
  const bars = models.flatMap((model) =>
    model.cohorts
      .filter(({ by }) => by === division)
      .flatMap(({ name, metrics }) => barOf(name, metrics[metric], model.name)),
  );
  if (bars.length === 0) return [];
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, value },
      title: `${metric} by ${divisionName(division)}`,
      description: `Mean over seeds and its 95 % interval. Shown are the first model and the best others, ${SHOWN} at most.`,
    },
  ];
}
