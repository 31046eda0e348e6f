import { isLimamlError } from '@limaml/errors';
import { fingerprintOf } from '@limaml/data';
import type { Registry } from '@limaml/plugin';
import { ablationImpossible, ablationNameUnknown } from '../errors.js';
import { registerPlugins } from '../run/job-runner.js';
import { specOf } from '../run/entry-data.js';
import type { AblationRecord, ExperimentSpec, ModelEntry } from '../spec/schema.js';
import { defineExperiment } from '../spec/define-experiment.js';
import { without } from '../without.js';
import { algorithmOf } from '../training/algorithm.js';
import { Unsuitable, type AblationBase, type Factor } from './factor.js';
import { FACTORS, type FactorName } from './factors.js';

/** Options of {@link defineAblation}. */
export interface AblationOptions {
  /** Name of the model that is changed. Default: the first of the spec. */
  readonly model?: string;
  /** What is changed, one thing at a time. Default: everything that makes sense for the model. */
  readonly over?: readonly string[];
  /** Levels by factor, in the place of its usual ones. */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
}

type FactorRecord = AblationRecord['factors'][number];

/**
 * The experiment that ablates a model: the model as it is, and one model for each level of each factor, with
 * everything else as it was. Baselines and other models are left out. Levels that give the same model are trained
 * once. What is ablated is recorded as `ablation` of the spec, which the report section `ablation` reads.
 *
 * @param spec plugins that it brings along are registered
 * @throws LIMAML_ERR_EXPERIMENT_ABLATION_UNKNOWN when there is no such model or factor
 * @throws LIMAML_ERR_EXPERIMENT_ABLATION_IMPOSSIBLE when a factor or level that was asked for makes no sense
 *
 * @example
 * ```ts
 * const ablation = defineAblation(spec, registry, { over: ['inner-steps', 'order'], levels: { 'inner-steps': ['0', '2'] } });
 * const results = await runExperiment(ablation, registry, { out: 'out' });
 * ```
 */
export function defineAblation(
  spec: ExperimentSpec,
  registry: Registry,
  { model, over, levels = {} }: AblationOptions = {},
): ExperimentSpec {
  registerPlugins(spec, registry);
  const entry = findModel(spec, model);
  const base = { entry, algorithm: algorithmOf(entry.algorithm, registry), spec, registry };
  const family = createFamily(base);
  const names = over ?? [...new Set([...Object.keys(FACTORS), ...Object.keys(levels)])];
  const factors = names.map((name) => {
    const asked = { factor: over !== undefined, levels: levels[name] };
    return ablateFactor(base, factorNamed(name), asked, family);
  });
  for (const name of Object.keys(levels)) assertChosen(name, names);
  return ablationSpec(spec, family.entries(), { model: entry.name, factors });
}

function ablationSpec(
  spec: ExperimentSpec,
  models: readonly ModelEntry[],
  ablation: AblationRecord,
): ExperimentSpec {
  const name = `Ablation of ${ablation.model}: ${spec.name}`;
  return defineExperiment({
    ...without(spec, 'variants'),
    name,
    models: [...models],
    baselines: [],
    ablation,
  });
}

/** Whether a factor or its levels were asked for: what is wrong with them is then an error. */
interface Asked {
  readonly factor: boolean;
  readonly levels: readonly string[] | undefined;
}

function ablateFactor(
  base: AblationBase,
  [name, factor]: readonly [string, Factor],
  asked: Asked,
  family: Family,
): FactorRecord {
  const record: FactorRecord = { factor: name, levels: [], leftOut: [] };
  const attempt = (level: string, required: boolean, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const reason = reasonOf(error);
      if (required) throw ablationImpossible(base.entry.name, name, level, reason, error);
      record.leftOut.push({ level, reason });
    }
  };
  let levels = asked.levels ?? [];
  attempt('all', asked.factor, () => (levels = asked.levels ?? factor.levels(base)));
  for (const level of levels) {
    attempt(level, asked.levels !== undefined, () => {
      record.levels.push({
        level,
        model: family.add(factor.apply(base, level), `${name} ${level}`),
      });
    });
  }
  return record;
}

/** The models of an ablation, each once. */
interface Family {
  /** @returns the name of the model that this is */
  add(entry: ModelEntry, change: string): string;
  entries(): readonly ModelEntry[];
}

function createFamily({ entry, spec, registry }: AblationBase): Family {
  const members = new Map<string, ModelEntry>();
  const add = (member: ModelEntry, name: string): string => {
    const identity = identityOf(member, spec, registry);
    const known = members.get(identity);
    if (known !== undefined) return known.name;
    members.set(identity, { ...member, name, reportPrior: false });
    return name;
  };
  add(entry, entry.name);
  return {
    add: (member, change) => add(member, `${entry.name}, ${change}`),
    entries: () => [...members.values()],
  };
}

/** Equal for models that are trained and tested the same. */
function identityOf(entry: ModelEntry, spec: ExperimentSpec, registry: Registry): string {
  const own = { name: undefined, reportPrior: undefined, support: undefined };
  const algorithm = { ...algorithmOf(entry.algorithm, registry), name: undefined };
  return fingerprintOf({ ...entry, ...own, ...specOf(entry, spec), algorithm });
}

function findModel({ models, name: experiment }: ExperimentSpec, wanted?: string): ModelEntry {
  const found = models.find(({ name }) => wanted === undefined || name === wanted);
  if (found !== undefined) return found;
  const names = models.map(({ name }) => name);
  throw ablationNameUnknown('model', wanted ?? `of ${experiment}`, names);
}

function factorNamed(name: string): readonly [string, Factor] {
  if (Object.hasOwn(FACTORS, name)) return [name, FACTORS[name as FactorName]];
  throw ablationNameUnknown('factor', name, Object.keys(FACTORS));
}

/** Levels of what is not changed would be ignored without a word. */
function assertChosen(name: string, chosen: readonly string[]): void {
  if (!chosen.includes(name)) throw ablationNameUnknown('factor of this ablation', name, chosen);
}

/** @throws what is no statement about the level */
function reasonOf(error: unknown): string {
  if (error instanceof Unsuitable) return error.message;
  if (isLimamlError(error) && /_(CORE|PLUGIN|MODELS)_/.test(error.code)) return error.what;
  throw error;
}
