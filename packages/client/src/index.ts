export { createClient } from './client.js';
export type { CallOptions, Client, ClientOptions } from './client.js';
export type {
  AdaptRequest,
  Adapted,
  BundleStatus,
  Candidate,
  EntityEvent,
  EntityStatus,
  EventsAccepted,
  FeatureRecord,
  FeatureValue,
  Ranked,
  RankRequest,
  ScoreRequest,
  Scores,
  SupportEvent,
} from './types.js';
