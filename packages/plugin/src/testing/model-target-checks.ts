import { sameShape } from '@limaml/graph';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import { feedsOf, run } from './model-fixture.js';
import type { TestedModel } from './model-fixture.js';
import { traceScore } from './model-score-program.js';
import { ensureClose } from './model-values.js';

/** Checks of further labels and of dropout: what `score` has beside its logits. */
export function targetChecks(tested: TestedModel): readonly Check[] {
  return [
    {
      name: 'has targets that the schema has outcomes for, and scores each of them',
      fix: 'Name a dense outcome of width 1 for each target, a weight above 0, and return all of them, [T, B], from scoreTargets()',
      run: () => {
        checkTargets(tested);
      },
    },
    {
      name: 'a dropout mask of ones changes nothing',
      fix: 'Multiply by the mask alone; it holds 0 or 1 / (1 − rate) already',
      run: () => {
        const [without, ones] = [traceScore(tested.model, false), traceScore(tested.model, true)];
        const feeds = feedsOf(tested, ones);
        ensureClose(run(without, feeds), run(ones, feeds), 'with masks of ones');
      },
    },
  ];
}

function checkTargets(tested: TestedModel): void {
  const { model } = tested;
  const names = Object.keys(model.targets ?? {});
  const scored = model.scoreTargets !== undefined;
  const both = names.length > 0 === scored;
  ensure(both, 'targets and scoreTargets() must be there both or not at all');
  for (const name of names) checkTarget(tested, name);
  if (scored) checkTargetScores(tested, names);
}

function checkTarget({ model, schema }: TestedModel, name: string): void {
  const { outcome, weight } = model.targets![name]!;
  const feature = schema.features.find((candidate) => candidate.name === outcome);
  const fits = feature?.owner === 'outcome' && feature.kind === 'dense' && feature.width === 1;
  ensure(fits, `target "${name}" takes "${outcome}", which is no dense outcome of width 1`);
  ensure(weight > 0 && Number.isFinite(weight), `target "${name}" has the weight ${weight}`);
}

function checkTargetScores(tested: TestedModel, names: readonly string[]): void {
  const { logits, ...scored } = traceScore(tested.model, false).outputs;
  ensure(sameShape(logits!.shape, ['T', 'B']), `score gives [${logits!.shape.join(', ')}]`);
  const found = Object.keys(scored).map((name) => name.slice('target/'.length));
  const complete = found.sort().join() === [...names].sort().join();
  ensure(complete, `scoreTargets() gives ${found.join(', ')}, not ${names.join(', ')}`);
  for (const [name, { shape }] of Object.entries(scored))
    ensure(sameShape(shape, ['T', 'B']), `${name} is [${shape.join(', ')}], not [T, B]`);
}
