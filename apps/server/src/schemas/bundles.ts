import { Type, type Static } from 'typebox';
import type { Parts } from './parts.js';

export type BundleParams = Static<ReturnType<typeof bundleParams>>;
export type ActivateBody = Static<typeof activateBody>;
export type BundlesReply = Static<typeof bundlesReply>;

export function bundleParams({ id }: Parts) {
  return Type.Object({ id });
}

export const activateBody = Type.Object(
  {
    share: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description:
          'Share of the entities it gets; those that serve now keep the rest. Default 1.',
      }),
    ),
    shadow: Type.Optional(
      Type.Boolean({
        description: 'Score beside those that serve; compare, but return nothing. Default false.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const bundlesReply = Type.Object({
  bundles: Type.Array(
    Type.Object({
      name: Type.String(),
      fingerprint: Type.String(),
      entity: Type.String(),
      model: Type.String(),
      createdAt: Type.String(),
      candidates: Type.Integer(),
      share: Type.Number({ description: 'Share of the entities it serves, 0 to 1.' }),
      shadow: Type.Boolean(),
    }),
  ),
});
