import { defineConfig } from 'limaml';
import { courseDataset } from './src/course-dataset.js';

export default defineConfig({
  plugins: [courseDataset(), './src/course-entity.ts', './src/busiest-section.ts'],
});
