import type { ReportPlugin } from '@limaml/plugin';
import { freshnessSection } from '../../freshness/freshness-section.js';
import { onlineSection } from '../../freshness/online-section.js';
import { cohortSection } from './cohorts.js';
import { differenceSection } from './differences.js';
import { embeddingMapSection } from './embedding-map.js';
import { learningCurveSection } from './learning-curves.js';
import { malformedSection } from './malformed.js';
import { metricSection } from './metric-notes.js';
import { originSection } from './origin.js';
import { overallSection } from './overall.js';
import { reliabilitySection } from './reliability.js';
import { summarySection } from './summary.js';
import { taskScatterSection } from './task-scatter.js';
import { testSetSection } from './test-sets.js';
import { timingSection } from './timings.js';

/** The sections that come with this package, in the order of the report. */
export function reportSections(): readonly ReportPlugin[] {
  return [
    summarySection(),
    overallSection(),
    differenceSection(),
    cohortSection(),
    testSetSection(),
    freshnessSection(),
    onlineSection(),
    taskScatterSection(),
    reliabilitySection(),
    embeddingMapSection(),
    learningCurveSection(),
    timingSection(),
    metricSection(),
    malformedSection(),
    originSection(),
  ];
}
