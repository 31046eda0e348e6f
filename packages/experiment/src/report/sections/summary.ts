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
import {
  sureDifference,
  verdictOf,
  wordDifference,
  wordGroups,
  type Compared,
  type SureDifference,
} from './verdict.js';

/** What the words are about. */
interface Facts {
  readonly results: ReportResults;
  readonly context: ReportContext;
  readonly metric: MainMetric;
  readonly first: string;
  readonly strongest: StrongestOther;
  /** Of the first model to the strongest other, on the main metric. */
  readonly sure: SureDifference;
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
  if (metric === undefined || other === undefined) return undefined;
  const sure = sureDifference(other.difference, metric.name);
  if (sure === undefined) return undefined;
  return { results, context, metric, first: other.difference.name, strongest: other, sure };
}

function verdict({ results, metric, first, strongest: { model }, sure }: Facts): string {
  const seeds = countOf(seedsOf(results), 'seed');
  switch (verdictOf(sure, metric.better)) {
    case 'ahead':
      return `Verdict: ${first} is ahead of ${model.name}, the strongest other, on ${metric.name}.`;
    case 'behind':
      return `Verdict: ${first} is behind ${model.name} on ${metric.name}.`;
    case 'unclear':
      return `Verdict: ${seeds} cannot tell ${first} from ${model.name}, the strongest other, on ${metric.name}.`;
    case 'one seed':
      return 'No verdict: one seed has no interval, and another may say otherwise.';
  }
}

function strongest({ results, metric, first, strongest: { model, mean }, sure }: Facts): string {
  const own = results.models.find(({ name }) => name === first)?.metrics[metric.name]?.mean;
  const words = wordDifference(sure, metric.better);
  return `${metric.name}, ${metric.better} is better: ${first} has ${own?.toFixed(4) ?? 'none'}, ${model.name} ${mean.toFixed(4)}. The paired difference is ${words}.`;
}

function others({ results, metric, first, strongest: { model } }: Facts): string | undefined {
  const rest = results.differences.flatMap((difference): readonly Compared[] => {
    const other = results.models.find(({ name }) => name === difference.against);
    const sure = sureDifference(difference, metric.name);
    const counts = other !== undefined && other !== model && isRival(other) && sure;
    return counts ? [{ name: difference.against, ...sure }] : [];
  });
  if (rest.length === 0) return undefined;
  return `${metric.name} of ${first} against the others: ${wordGroups(rest, () => metric.better)}.`;
}

function metrics({ results, context, metric, strongest: s }: Facts): string | undefined {
  const better = (name: string) => knownMetric(name, context)?.better;
  const rest = metricsOf(results).flatMap((name): readonly Compared[] => {
    const sure = sureDifference(s.difference, name);
    return name !== metric.name && sure && better(name) ? [{ name, ...sure }] : [];
  });
  if (rest.length === 0) return undefined;
  return `Other metrics, against ${s.model.name}: ${wordGroups(rest, (name) => better(name)!)}.`;
}

function adaptation({ results, metric, first }: Facts): string | undefined {
  const prior = results.models.find(({ kind, name }) => kind === 'prior' && name.startsWith(first));
  const difference = results.differences.find(({ against }) => against === prior?.name);
  const sure = difference && sureDifference(difference, metric.name);
  if (sure === undefined) return undefined;
  return `What adaptation adds to ${first}, on ${metric.name} against its own prior embedding: ${wordDifference(sure, metric.better)}.`;
}

function cohorts({ metric, strongest: { model, difference } }: Facts): string | undefined {
  const parts = difference.cohorts.flatMap((cohort): readonly Compared[] => {
    const sure = sureDifference(cohort, metric.name);
    return sure ? [{ name: cohort.name, ...sure }] : [];
  });
  if (parts.length === 0) return undefined;
  return `${metric.name} by cohort, against ${model.name}: ${wordGroups(parts, () => metric.better)}.`;
}

function truth({ results, metric }: Facts): string | undefined {
  const mean = results.models.find(({ name }) => name === 'truth')?.metrics[metric.name]?.mean;
  if (mean === undefined) return undefined;
  return `The true probability of the simulation has ${metric.name} ${mean.toFixed(4)}: nothing can do better but by chance.`;
}

/** What intervals are over, and what they do not say. */
function caveat({ results, sure }: Facts): string | undefined {
  const count = seedsOf(results);
  const seeds = countOf(count, 'seed');
  const over = `t-intervals over ${seeds}, paired by seed and not corrected for how many are looked at: of twenty that compare equals, one excludes zero by chance`;
  if (sure.p === undefined) return count < 2 ? undefined : `Intervals are 95 % ${over}.`;
  const drawn = `Intervals are those of a paired bootstrap over ${seeds} and their tasks; nothing counts as ahead or behind whose p-value, adjusted for all comparisons on that metric (Holm), is 0.05 or more.`;
  return count < 2
    ? `${drawn} With one seed they say what other tasks would do, and nothing of another split or initialisation.`
    : `${drawn} Those of cohorts are ${over}.`;
}
