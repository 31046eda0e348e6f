import type { TopLevelSpec } from 'vega-lite';

type Layered = Extract<TopLevelSpec, { layer: unknown[] }>;

/** One layer of a picture, as Vega-Lite has it. */
export type Layer = Extract<Layered['layer'][number], { mark: unknown }>;
/** What of the data is where in a picture. */
export type Encoding = NonNullable<Layer['encoding']>;
/** One part of it. */
export type Channel<Name extends keyof Encoding> = NonNullable<Encoding[Name]>;
