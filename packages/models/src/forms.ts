/** Names of meta blocks. */
export const META_FORMS = [
  'entity',
  'interaction',
  'history',
  'id',
  'residual',
  'attention',
  'transformer',
] as const;

/** Names of global blocks. */
export const GLOBAL_FORMS = [
  'dcn',
  'dcn-low-rank',
  'wide-and-deep',
  'deepfm',
  'dlrm',
  'autoint',
  'two-tower',
] as const;

/** Ways in which a meta embedding meets the rest in a global block. */
export const FUSION_FORMS = ['concat', 'film', 'gate'] as const;

/** What the meta block is, see `entityBlock`, `interactionBlock`, `historyBlock`… */
export type MetaForm = (typeof META_FORMS)[number];
/** What the global block is, see `dcnBlock`, `deepFmBlock`, `twoTowerBlock`… */
export type GlobalForm = (typeof GLOBAL_FORMS)[number];
/** See `fusion`. */
export type FusionForm = (typeof FUSION_FORMS)[number];
