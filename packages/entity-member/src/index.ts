export { memberEntity } from './member-entity.js';
export type { MemberEntity, MemberEntityOptions } from './member-entity.js';
