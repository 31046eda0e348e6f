import { createOrtExecutor } from '@limaml/backend-ort';
import { jobViewsDataset, movieLensDataset } from '@limaml/data';
import { companyEntity } from '@limaml/entity-company';
import { jobEntity } from '@limaml/entity-job';
import { memberEntity } from '@limaml/entity-member';
import {
  ablationSection,
  algorithmPlugins,
  metricPlugins,
  reportSections,
} from '@limaml/experiment';
import {
  limamlModel,
  logisticMfModel,
  meLuModel,
  metaEmbModel,
  productionModel,
  wideAndDeepModel,
} from '@limaml/models';
import { createRegistry, defineExecutor, type Registry } from '@limaml/plugin';
import { lmdbStore, memoryStore, redisStore } from '@limaml/store';
import { loadConfig } from './config.js';
import { marketplaceDataset } from './datasets.js';
import { readVersion } from './version.js';

/** The plugins of the command: the built-in ones, then those of `limaml.config.ts` in `folder`. */
export async function createAppRegistry(folder: string): Promise<Registry> {
  const origin = { from: 'built-in', package: 'limaml', version: readVersion() } as const;
  const registry = createRegistry({ origin })
    .use(memberEntity())
    .use(jobEntity())
    .use(companyEntity())
    .use(movieLensDataset({ name: 'ml-1m' }))
    .use(movieLensDataset({ name: 'ml-100k' }))
    .use(jobViewsDataset())
    .use(marketplaceDataset())
    .use(limamlModel())
    .use(productionModel())
    .use(wideAndDeepModel())
    .use(meLuModel())
    .use(metaEmbModel())
    .use(logisticMfModel())
    .use(memoryStore())
    .use(lmdbStore())
    .use(redisStore())
    .use(defineExecutor({ name: 'ort', create: createOrtExecutor }));
  for (const metric of metricPlugins()) registry.use(metric);
  for (const algorithm of algorithmPlugins()) registry.use(algorithm);
  for (const section of [...reportSections(), ablationSection()]) registry.use(section);
  for (const { plugin, origin } of await loadConfig(folder)) registry.use(plugin, origin);
  return registry;
}
