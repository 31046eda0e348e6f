import { describe, expect, it } from 'vitest';
import { defineDataset, defineEntity, defineMetric } from './index.js';
import type { DatasetPlugin, InteractionLog } from './index.js';

const load = (): Promise<InteractionLog> => Promise.reject(new Error('never read'));

const METRIC = { name: 'm', better: 'higher', description: '', evaluate: () => 1 } as const;

// The compiler is what is tested here: each line below `@ts-expect-error` must not compile.
describe('define* functions', () => {
  it('type the parameters of methods', async () => {
    const dataset = defineDataset({
      name: 'clicks',
      load: (context) => {
        const path: string | undefined = context.path;
        return Promise.reject(new Error(path));
      },
    });
    await expect(dataset.load({ path: 'here' })).rejects.toThrow('here');
  });

  it('keep literal types', () => {
    const name: 'clicks' = defineDataset({ name: 'clicks', load }).name;
    expect(name).toBe('clicks');
  });

  it('take no members that the contract does not have', () => {
    // @ts-expect-error -- misspelt
    expect(defineDataset({ name: 'clicks', load, lod: load }).kind).toBe('dataset');
    const metric = { ...METRIC, beter: 1 } as const;
    // @ts-expect-error -- misspelt
    expect(defineMetric(metric).kind).toBe('metric');
    expect(() =>
      defineEntity({
        name: 'course',
        taskId: (interaction) => interaction.entityId('course'),
        features: 'dataset',
        metaFeatures: 'all',
        // @ts-expect-error -- misspelt
        suport: { maxSize: 40 },
        support: { maxSize: 40 },
        coldStart: { defaults: {} },
      }),
    ).not.toThrow();
  });

  it('can be returned where the contract is asked for', () => {
    const make = (): DatasetPlugin =>
      defineDataset({
        name: 'clicks',
        load: (context) => Promise.reject(new Error(context.path)),
      });
    expect(make().name).toBe('clicks');
  });
});
