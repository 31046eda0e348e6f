export { jobEntity } from './job-entity.js';
export type { JobEntity, JobEntityOptions } from './job-entity.js';
