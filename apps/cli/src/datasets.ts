import { marketplaceSpec, simulatorDataset, tableDataset } from '@limaml/data';
import { defineDataset, type DatasetPlugin } from '@limaml/plugin';

/**
 * The simulated marketplace: with a path, the files that `limaml simulate` wrote there; without one, a
 * marketplace of default size, simulated in memory.
 */
export function marketplaceDataset(): DatasetPlugin {
  return defineDataset({
    name: 'marketplace',
    load: async (context) => {
      if (context.path === undefined) return simulatorDataset().load(context);
      return tableDataset(await marketplaceSpec(context.path)).load(context);
    },
    openParts: async (context, request) => {
      if (context.path === undefined) return simulatorDataset().openParts?.(context, request);
      return tableDataset(await marketplaceSpec(context.path)).openParts?.(context, request);
    },
  });
}
