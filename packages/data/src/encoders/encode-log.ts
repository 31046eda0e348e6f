import type { InteractionLog } from '@limaml/plugin';
import type { TaskIndex } from '../tasks.js';
import { encodeCandidates } from './encode-candidates.js';
import { encodeFields } from './encode-fields.js';
import type { EncodedLog, EncodeOptions } from './encoded-log.js';
import type { EncodersState } from './state.js';

export function encodeLog(
  state: EncodersState,
  log: InteractionLog,
  tasks: TaskIndex,
  options: EncodeOptions = {},
): EncodedLog {
  const fields = encodeFields(state, log, tasks);
  const columns = [...fields, ...encodeCandidates(state, log, tasks, fields, options)];
  return {
    schema: columns.map(({ feature }) => feature),
    tasks,
    columns: Object.fromEntries(columns.map((column) => [column.feature.name, column])),
    label: log.label,
  };
}
