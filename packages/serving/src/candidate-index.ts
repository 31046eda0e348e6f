import type { EncodedRecord, FeatureRecord } from '@limaml/data';
import { otherUnknown } from './errors.js';
import type { Bundle } from './open-bundle.js';
import type { CandidateInput } from './support-event.js';

/** Knows the candidates of a bundle by id, and encodes what is not in its candidate table. */
export interface CandidateIndex {
  /** Row of the candidate table; undefined for a candidate that is not in it or comes with raw features. */
  positionOf(candidate: CandidateInput): number | undefined;
  /**
   * The record to encode of a candidate that is not in the table. An id alone gets the "unseen" id and the
   * statistics of the average candidate, as in training.
   */
  recordOf(candidate: CandidateInput): FeatureRecord;
  /** Encodes the features of a request; those of a candidate beside them mean nothing. */
  encodeContext(context: FeatureRecord | undefined): EncodedRecord;
  /**
   * Encodes other entities by type.
   * @throws LIMAML_ERR_SERVING_OTHER_UNKNOWN
   */
  encodeOthers(others: Readonly<Record<string, string | FeatureRecord>>): EncodedRecord;
}

type Encoding = Pick<Bundle, 'encoders' | 'candidates'>;

export function createCandidateIndex({ encoders, candidates }: Encoding): CandidateIndex {
  const positions = new Map(candidates.ids.map((id, at) => [id, at]));
  const type = encoders.toJSON().candidate;
  const noContext = encoders.encodeRow({});
  const encodeContext = newest((context: FeatureRecord) => encoders.encodeRow(context));
  return {
    positionOf: (candidate) =>
      typeof candidate === 'string' ? positions.get(candidate) : undefined,
    recordOf: (candidate) => (typeof candidate === 'string' ? { [type]: candidate } : candidate),
    encodeContext: (context) => (context === undefined ? noContext : encodeContext(context)),
    encodeOthers: otherEncoder({ encoders, candidates }),
  };
}

function otherEncoder({ encoders }: Encoding): CandidateIndex['encodeOthers'] {
  const { candidate, references } = encoders.toJSON();
  const types = references.filter(({ type }) => type !== candidate);
  const features = new Map(
    types.map(({ type, id, fields }) => [type, [id, ...fields].map(({ feature }) => feature.name)]),
  );
  return (others) => {
    const encoded: EncodedRecord = {};
    for (const [type, other] of Object.entries(others)) {
      const names = features.get(type);
      if (names === undefined) throw otherUnknown(type, [...features.keys()]);
      const row = encoders.encodeRow(rowRecord(type, other));
      for (const name of names) encoded[name] = row[name]!;
    }
    return encoded;
  };
}

/** An other entity in the spelling of `Encoders.encodeRow`: its id under its type, the rest as `<type>.<column>`. */
function rowRecord(type: string, other: string | FeatureRecord): FeatureRecord {
  if (typeof other === 'string') return { [type]: other };
  const columns = Object.entries(other).map(([name, value]) => [
    name === type ? type : `${type}.${name}`,
    value,
  ]);
  return Object.fromEntries(columns) as FeatureRecord;
}

/** Keeps the newest value: a request has one context for all its candidates. */
function newest<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let kept: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => {
    if (kept?.key !== key) kept = { key, value: make(key) };
    return kept.value;
  };
}
