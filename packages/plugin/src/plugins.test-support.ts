import { defineEntity, defineMetric } from './index.js';

/** Parts of a valid entity plugin, for tests to change. */
export const COURSE = {
  name: 'course',
  taskId: (interaction: { entityId(type: string): string | undefined }) =>
    interaction.entityId('course'),
  features: [
    { name: 'level', kind: 'categorical' },
    { name: 'hours', kind: 'dense' },
    { name: 'topics', kind: 'multi' },
  ],
  metaFeatures: ['level', 'topics'],
  support: { maxSize: 40 },
  coldStart: { defaults: { level: 'beginner', hours: 2, topics: ['maths'] } },
} as const;

export function courseEntity() {
  return defineEntity(COURSE);
}

/** Share of rows on the right side of logit 0. */
export function accuracy() {
  return defineMetric({
    name: 'accuracy',
    better: 'higher',
    description: 'share of rows on the right side of logit 0',
    evaluate: ({ score, label }) => {
      if (score.length === 0) return undefined;
      return score.filter((logit, row) => logit > 0 === label[row]! > 0.5).length / score.length;
    },
  });
}
