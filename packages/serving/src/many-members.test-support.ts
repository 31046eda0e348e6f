import { simulatorDataset } from '@limaml/data';
import type { LogParts } from '@limaml/plugin';

/** Members of {@link manyMembers}. */
export const MEMBERS = 600;

/** A log in so many parts that a process can be killed in between. */
export async function manyMembers(): Promise<LogParts> {
  const dataset = simulatorDataset({
    ...{ members: MEMBERS, jobs: 30, companies: 6, impressionsPerMember: 8, seed: 3 },
  });
  const request = { entity: 'member', newest: 16, entitiesPerPart: 10 };
  return (await dataset.openParts!({ path: undefined }, request))!;
}
