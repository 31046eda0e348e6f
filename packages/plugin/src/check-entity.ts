import { didYouMean } from '@limaml/errors';
import type { EntityPlugin, FeatureDeclaration } from './contracts/index.js';
import { describeValue } from './describe-value.js';
import type { MemberProblem } from './errors.js';

type Default = EntityPlugin['coldStart']['defaults'][string];

const KINDS = ['dense', 'categorical', 'multi', 'sequence'];

/**
 * Finds the first of an entity's feature names, meta features and cold-start defaults that contradict each
 * other. With `features: 'dataset'` the dataset decides, so nothing is compared here.
 */
export function findEntityProblem(plugin: EntityPlugin): MemberProblem | undefined {
  if (plugin.features === 'dataset') return undefined;
  return (
    findFeatureProblem(plugin.features) ??
    findMetaProblem(plugin.features, plugin.metaFeatures) ??
    findDefaultProblem(plugin.features, plugin.coldStart.defaults)
  );
}

function findFeatureProblem(features: readonly FeatureDeclaration[]): MemberProblem | undefined {
  const seen = new Set<string>();
  for (const feature of features) {
    const problem = namingProblem(feature, seen) ?? sizeProblem(feature);
    if (problem) return problem;
    seen.add(feature.name);
  }
  return undefined;
}

function namingProblem(
  feature: FeatureDeclaration,
  seen: ReadonlySet<string>,
): MemberProblem | undefined {
  const { name, kind }: { readonly name: unknown; readonly kind: unknown } = feature;
  if (typeof name !== 'string' || name === '') {
    return problemOf(
      'features',
      `a name that is ${describeValue(name)}`,
      'a name per feature',
      'Name it',
    );
  }
  if (typeof kind !== 'string' || !KINDS.includes(kind)) {
    const fix = didYouMean(String(kind), KINDS) || 'Use one of these kinds';
    return problemOf('features', `${name} of kind ${describeValue(kind)}`, KINDS.join(', '), fix);
  }
  if (!seen.has(name)) return undefined;
  return problemOf(
    'features',
    `${name} twice`,
    'unique names',
    'Rename one; its `column` may stay',
  );
}

function sizeProblem(feature: FeatureDeclaration): MemberProblem | undefined {
  const sizes = Object.entries(feature).filter(
    ([key]) => key === 'minCount' || key === 'maxLength',
  );
  const wrong = sizes.find(([, value]) => !Number.isInteger(value) || Number(value) < 1);
  if (!wrong) return undefined;
  const got = `${feature.name} with ${wrong[0]} ${describeValue(wrong[1])}`;
  return problemOf(
    'features',
    got,
    'a whole number from 1 on',
    `Correct ${wrong[0]}, or leave it out`,
  );
}

function findMetaProblem(
  features: readonly FeatureDeclaration[],
  metaFeatures: EntityPlugin['metaFeatures'],
): MemberProblem | undefined {
  if (metaFeatures === 'all') return undefined;
  const names = features.map(({ name }) => name);
  const stranger = metaFeatures.find((name) => !names.includes(name));
  if (stranger === undefined) return undefined;
  return problemOf(
    'metaFeatures',
    JSON.stringify(stranger),
    `names of features: ${names.join(', ') || 'there are none'}`,
    didYouMean(stranger, names) || 'Declare it in features, or take it out of metaFeatures',
  );
}

function findDefaultProblem(
  features: readonly FeatureDeclaration[],
  defaults: EntityPlugin['coldStart']['defaults'],
): MemberProblem | undefined {
  for (const [name, value] of Object.entries(defaults)) {
    const feature = features.find((candidate) => candidate.name === name);
    const problem = feature ? typeProblem(feature, value) : strayDefault(name, features);
    if (problem) return problem;
  }
  return undefined;
}

function strayDefault(name: string, features: readonly FeatureDeclaration[]): MemberProblem {
  const names = features.map((feature) => feature.name);
  const fix = didYouMean(name, names) || 'Declare the feature, or take the default out';
  const expected = `names of features: ${names.join(', ') || 'there are none'}`;
  return problemOf('coldStart.defaults', JSON.stringify(name), expected, fix);
}

function typeProblem(feature: FeatureDeclaration, value: Default): MemberProblem | undefined {
  const expected =
    { dense: 'a finite number', categorical: 'a string' }[feature.kind as string] ??
    'a list of strings';
  if (fits(feature.kind, value)) return undefined;
  const got = `${describeValue(value)} for ${feature.name} (${feature.kind})`;
  return problemOf('coldStart.defaults', got, expected, `Write ${feature.name} as ${expected}`);
}

function fits(kind: FeatureDeclaration['kind'], value: Default): boolean {
  if (kind === 'dense') return typeof value === 'number' && Number.isFinite(value);
  if (kind === 'categorical') return typeof value === 'string';
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function problemOf(member: string, got: string, expected: string, fix: string): MemberProblem {
  return { member, got, expected, fix };
}
