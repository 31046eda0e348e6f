import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

/** The entity plugin of courses. */
export interface CourseEntity extends EntityPlugin {
  readonly name: 'course';
}

declare module '@limaml/plugin' {
  interface EntityTypes {
    course: CourseEntity;
  }
}

/** Makes each course a task: the network adapts to the learners who met it lately. */
export function courseEntity(): CourseEntity {
  return defineEntity({
    name: 'course',
    taskId: (interaction) => interaction.entityId('course'),
    features: [
      { name: 'topic', kind: 'categorical' },
      { name: 'hours', kind: 'dense', transform: 'log1p' },
    ],
    metaFeatures: 'all',
    support: { maxSize: 20 },
    coldStart: { defaults: { hours: 3 } },
  });
}

// A listed file may export a plugin, a list, or a factory.
export default () => courseEntity();
