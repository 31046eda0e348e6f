import { createRegistry } from '@limaml/plugin';
import { testDatasetPlugin, testEntityPlugin, testReportSection } from '@limaml/plugin/testing';
import type { ConformanceReport } from '@limaml/plugin/testing';
import { busiestSection } from './busiest-section.js';
import { courseDataset } from './course-dataset.js';
import { courseEntity } from './course-entity.js';
import type { CourseEntity } from './course-entity.js';

/** Runs the suites of `@limaml/plugin/testing`, which need no test runner. */
export async function testAll(data: string): Promise<readonly ConformanceReport[]> {
  const samples = ['a', 'b', 'a'].map((course, day) => ({
    ids: { course, learner: 'x' },
    timestamp: day * 86_400_000,
    task: course,
  }));
  return [
    await testEntityPlugin(courseEntity(), { samples }),
    await testDatasetPlugin(courseDataset(), { entity: 'course', path: data }),
    await testReportSection(busiestSection()),
  ];
}

/** The registry knows the type of this package's entity. */
export function typedCourse(): CourseEntity {
  return createRegistry().use(courseEntity()).get('entity', 'course');
}
