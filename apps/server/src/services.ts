import type { Refresher } from '@limaml/serving';
import type { EventLog } from '@limaml/store';
import type { Deployments } from './deployment/deployments.js';
import type { BundleLibrary } from './deployment/bundle-library.js';
import type { Logger } from 'pino';
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import type { Parts } from './schemas/parts.js';

/** What the routes of a server share. */
export interface Services {
  readonly library: BundleLibrary;
  readonly deployments: Deployments;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly parts: Parts;
  /** Absent: the server takes no events. */
  readonly refresher?: Refresher | undefined;
  readonly events?: EventLog | undefined;
  /** Whether the server takes requests, or is on its way down. */
  readonly isReady: () => boolean;
}
