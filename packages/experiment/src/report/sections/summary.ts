import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportContext, ReportPlugin, ReportResults } from '@limaml/plugin';
import {
  countOf,
  isRival,
  knownMetric,
  mainMetric,
  metricsOf,
  seedsOf,
  strongestOther,
  type MainMetric,
  type StrongestOther,
} from './results-view.js';
import { verdictOf, wordDifference, wordGroups } from './verdict.js';

/** What the words are about. */
interface Facts {
  readonly results: ReportResults;
  readonly context: ReportContext;
  readonly metric: MainMetric;
  readonly first: string;
  readonly strongest: StrongestOther;
}

/** The verdict in words: who is ahead of whom, by how much, and whether the seeds can tell. */
export function summarySection(): ReportPlugin {
  return defineReportSection({
    name: 'summary',
    title: 'Summary',
    render: (results, context): readonly ReportBlock[] | undefined => {
      const facts = factsOf(results, context);
      if (facts === undefined) return undefined;
      const sentences = [verdict, strongest, others, metrics, adaptation, cohorts, truth, caveat];
      return sentences.flatMap((say) => {
        const text = say(facts);
        return text === undefined ? [] : [{ kind: 'text', text } as const];
      });
    },
  });
}

function factsOf(results: ReportResults, context: ReportContext): Facts | undefined {
  const metric = mainMetric(results, context);
  const other = metric && strongestOther(results, metric);
  if (metric === undefined || other?.difference.metrics[metric.name] == null) return undefined;
  return { results, context, metric, first: other.difference.name, strongest: other };
}

function verdict({ results, metric, first, strongest: { model, difference } }: Facts): string {
  const interval = difference.metrics[metric.name]!;
  const seeds = countOf(seedsOf(results), 'seed');
  switch (verdictOf(interval, metric.better)) {
    case 'ahead':
      return `Verdict: ${first} is ahead of ${model.name}, the strongest other, on ${metric.name}.`;
    case 'behind':
      return `Verdict: ${first} is behind ${model.name} on ${metric.name}.`;
    case 'unclear':
      return `Verdict: ${seeds} cannot tell ${first} from ${model.name}, the strongest other, on ${metric.name}.`;
    case 'one seed':
      return `No verdict: one seed has no interval, and another may say otherwise.`;
  }
}

function strongest({
  results,
  metric,
  first,
  strongest: { model, mean, difference },
}: Facts): string {
  const own = results.models.find(({ name }) => name === first)?.metrics[metric.name]?.mean;
  const words = wordDifference(difference.metrics[metric.name]!, metric.better);
  return `${metric.name}, ${metric.better} is better: ${first} has ${own?.toFixed(4) ?? 'none'}, ${model.name} ${mean.toFixed(4)}. The paired difference is ${words}.`;
}

function others({ results, metric, first, strongest: { model } }: Facts): string | undefined {
  const rest = results.differences.flatMap(({ against, metrics: { [metric.name]: interval } }) => {
    const other = results.models.find(({ name }) => name === against);
    const counts = other !== undefined && other !== model && isRival(other) && interval;
    return counts ? [{ name: against, interval }] : [];
  });
  if (rest.length === 0) return undefined;
  return `${metric.name} of ${first} against the others: ${wordGroups(rest, () => metric.better)}.`;
}

function metrics({
  results,
  context,
  metric,
  strongest: { model, difference },
}: Facts): string | undefined {
  const better = (name: string) => knownMetric(name, context)?.better;
  const rest = metricsOf(results).flatMap((name) => {
    const interval = difference.metrics[name];
    return name !== metric.name && interval && better(name) ? [{ name, interval }] : [];
  });
  if (rest.length === 0) return undefined;
  return `Other metrics, against ${model.name}: ${wordGroups(rest, (name) => better(name)!)}.`;
}

function adaptation({ results, metric, first }: Facts): string | undefined {
  const prior = results.models.find(({ kind, name }) => kind === 'prior' && name.startsWith(first));
  const difference = results.differences.find(({ against }) => against === prior?.name);
  const interval = difference?.metrics[metric.name];
  if (!interval) return undefined;
  return `What adaptation adds to ${first}, on ${metric.name} against its own prior embedding: ${wordDifference(interval, metric.better)}.`;
}

function cohorts({ metric, strongest: { model, difference } }: Facts): string | undefined {
  const parts = difference.cohorts.flatMap(({ name, metrics: { [metric.name]: interval } }) =>
    interval ? [{ name, interval }] : [],
  );
  if (parts.length === 0) return undefined;
  return `${metric.name} by cohort, against ${model.name}: ${wordGroups(parts, () => metric.better)}.`;
}

function truth({ results, metric }: Facts): string | undefined {
  const mean = results.models.find(({ name }) => name === 'truth')?.metrics[metric.name]?.mean;
  if (mean === undefined) return undefined;
  return `The true probability of the simulation has ${metric.name} ${mean.toFixed(4)}: nothing can do better but by chance.`;
}

function caveat({ results }: Facts): string | undefined {
  const seeds = seedsOf(results);
  if (seeds < 2) return undefined;
  return `Intervals are 95 % t-intervals over ${countOf(seeds, 'seed')}, paired by seed. They are not corrected for looking at several models, metrics and cohorts: of twenty that compare equals, one excludes zero by chance.`;
}
