/** What one request may ask for. */
export interface Limits {
  /** Bytes of a body. Default 4 MiB. */
  readonly bodyBytes: number;
  /** Requests of one score body, entities that is. Default 100. */
  readonly requests: number;
  /** Candidates of one request. Default 1000. */
  readonly candidates: number;
  /** Events of one body, and support events of one adapt request. Default 1000. */
  readonly events: number;
  /** Characters of an id, in UTF-16 units as all of these. Default 256. */
  readonly idLength: number;
  /** Characters of a text feature. Default 1024. */
  readonly textLength: number;
  /** Features of one record, and values of one list feature. Default 256. */
  readonly features: number;
  /** Milliseconds from the first byte of a request to its answer. Default 10 000. */
  readonly timeoutMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 4 * 1024 * 1024,
  requests: 100,
  candidates: 1000,
  events: 1000,
  idLength: 256,
  textLength: 1024,
  features: 256,
  timeoutMs: 10_000,
};
