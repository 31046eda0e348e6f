import type { FeatureRecord } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import { candidateRecord, otherTypes, referenceRecord } from './log-records.js';

/** A candidate that can be scored by its id. */
export interface Candidate {
  readonly id: string;
  /** What `Encoders.encodeRow` needs to know of it: everything but the request's context. */
  readonly record: FeatureRecord;
}

/**
 * The candidates of a log, each with its own features and those of the other entities it was last seen
 * with (a job's company), the entities that are adapted aside.
 *
 * @param entity entity type whose members are the tasks
 */
export function* collectCandidates(log: InteractionLog, entity: string): Iterable<Candidate> {
  const { ids } = log.entities[log.candidate]!;
  const others = otherTypes(log, entity);
  const newest = newestRows(log, ids.length);
  for (let at = 0; at < ids.length; at++) {
    const records = others.map((type) => referenceRecord(log, type, newest[at]!));
    const record = Object.assign({}, ...records, candidateRecord(log, at)) as FeatureRecord;
    yield { id: ids[at]!, record };
  }
}

/** The newest log row of each candidate; −1 where it has none. */
function newestRows(log: InteractionLog, candidates: number): Int32Array {
  const newest = new Int32Array(candidates).fill(-1);
  log.refs[log.candidate]!.forEach((candidate, row) => {
    if (candidate < 0) return;
    const best = newest[candidate]!;
    if (best < 0 || log.timestamp[row]! >= log.timestamp[best]!) newest[candidate] = row;
  });
  return newest;
}
