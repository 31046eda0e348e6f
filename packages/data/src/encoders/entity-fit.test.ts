import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';
import { describe, expect, it } from 'vitest';
import { buildTasks, fitEncoders, rowsOfTasks } from '../index.js';
import { member, smallLog } from '../small-log.test-support.js';

function fitting(changes: Partial<EntityPlugin>): () => void {
  const log = smallLog(3);
  const tasks = buildTasks(log, member);
  const entity = defineEntity({ ...member, ...changes });
  return () => fitEncoders(log, entity, { tasks, trainRows: rowsOfTasks(tasks, [0, 1, 2]) });
}

describe('an entity and a dataset', () => {
  it('fit where every declared feature has a column', () => {
    const features = [
      { name: 'age', kind: 'dense' },
      { name: 'home', kind: 'categorical', column: 'country' },
    ] as const;
    const coldStart = { defaults: { age: 30 } };
    expect(fitting({ features, metaFeatures: ['home'], coldStart })).not.toThrow();
    expect(fitting({ metaFeatures: ['id', 'age'] })).not.toThrow();
  });

  it.each<[Partial<EntityPlugin>, RegExp]>([
    [
      { features: [{ name: 'country', kind: 'categorical', column: 'contry' }] },
      /entity "member" .* dataset "small": its feature "country" reads the column "contry".*country, age.*"country"\?/s,
    ],
    [{ features: [{ name: 'level', kind: 'dense' }] }, /feature "level" reads the column "level"/],
    [
      { metaFeatures: ['contry'] },
      /metaFeatures name the feature "contry".*Did you mean "country"\?/s,
    ],
    [{ coldStart: { defaults: { level: 1 } } }, /coldStart\.defaults name the feature "level"/],
  ])('that do not fit are both named: %j', (changes, message) => {
    expect(fitting(changes)).toThrow(/LIMAML_ERR_DATA_ENTITY_MISMATCH/);
    expect(fitting(changes)).toThrow(message);
  });
});
