import { defineExperiment, type ExperimentSpec } from '@limaml/experiment';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, filesIn } from './repository.test-support.js';

/** Specs, and not the plugins and sweeps that lie beside them. */
const specs = filesIn('examples/experiments', '.ts').filter(
  (file) => !/-(?:entity|sweep)\.ts$/.test(file),
);

const load = async (file: string): Promise<ExperimentSpec> => {
  const module = (await import(join(ROOT, file))) as { default: ExperimentSpec };
  return module.default;
};

describe('specs of experiments', () => {
  it.each(specs)('%s is complete: it resolves to itself', async (file) => {
    const spec = await load(file);
    expect(spec.models.length + spec.baselines.length).toBeGreaterThan(0);
    expect(defineExperiment(spec)).toEqual(spec);
  });

  it('have names of their own', async () => {
    const names = (await Promise.all(specs.map(load))).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
