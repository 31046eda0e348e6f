import { attribute, compositeEntity, contextAttribute } from '@limaml/plugin';
import { expect, it } from 'vitest';
import { buildTasks, fitEncoders, tableRecord, withCompositeTable } from './index.js';
import { member, smallLog } from './small-log.test-support.js';

const pair = compositeEntity({
  name: 'member-device',
  of: [member, contextAttribute('device'), attribute('member', 'country')],
});

it('derives a table with a row for each combination: features of the entity and the attributes', () => {
  const log = withCompositeTable(smallLog(4), pair);
  const { ids, table, features } = log.entities['member-device']!;
  expect(ids).toEqual([...new Set(ids)]);
  expect(features.map(({ name }) => name)).toEqual([
    'country',
    'age',
    'context.device',
    'member.country',
  ]);
  ids.forEach((id, row) => {
    const [who, device, country] = id.split('|');
    const record = tableRecord(table, row);
    const known = tableRecord(log.entities.member!.table, log.entities.member!.ids.indexOf(who!));
    expect(record).toEqual({ ...known, 'context.device': device, 'member.country': country });
  });
});

it('makes tasks with these features, whose rows do not name the member once more', () => {
  const log = withCompositeTable(smallLog(4), pair);
  const tasks = buildTasks(log, pair);
  expect(tasks.taskIds).toEqual(log.entities['member-device']!.ids);
  const trainRows = new Uint8Array(log.rows).fill(1);
  const names = fitEncoders(log, pair, { tasks, trainRows }).schema.features.map((f) => f.name);
  expect(names).toContain('entity.context.device');
  expect(names).toContain('row.movie');
  expect(names).not.toContain('row.member');
});

it('leaves a log alone for an entity that is no combination', () => {
  const log = smallLog(4);
  expect(withCompositeTable(log, member)).toBe(log);
});
