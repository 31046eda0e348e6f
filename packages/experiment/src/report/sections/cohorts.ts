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
  return defineReportSection({ name: 'cohorts', title: 'Activity cohorts', render: cohortBlocks });
}

function cohortBlocks(
  results: ReportResults,
  context: ReportContext,
): readonly ReportBlock[] | undefined {
  if ((results.models[0]?.cohorts ?? []).length === 0) return undefined;
  const shown = shownModels(results, context);
  return metricsOf(results)
    .slice(0, COHORT_METRICS)
    .flatMap((metric) => [
      cohortTable(results, metric),
      ...cohortChart(shown, metricAxis(metric, context), metric),
    ]);
}

function cohortTable({ models }: ReportResults, metric: string): TableBlock {
  const cohorts = models[0]!.cohorts.map(({ name, tasks }) => `${name} (${tasks})`);
  return {
    kind: 'table',
    title: `${metric} by size of the support set (tasks per seed)`,
    columns: columnsOf('model', cohorts),
    rows: models.map((model) => [
      model.name,
      ...cohorts.map((_, at) => model.cohorts[at]?.metrics[metric] ?? null),
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
  value: ChartAxis,
  metric: string,
): readonly ReportBlock[] {
  const bars = models.flatMap((model) =>
    model.cohorts.flatMap(({ name, metrics }) => barOf(name, metrics[metric], model.name)),
  );
  if (bars.length === 0) return [];
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, value },
      title: `${metric} by size of the support set`,
      description: `Mean over seeds and its 95 % interval, by the number of rows that a task was adapted on. Shown are the first model and the best others, ${SHOWN} at most.`,
    },
  ];
}
