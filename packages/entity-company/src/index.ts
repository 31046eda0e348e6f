export { companyEntity } from './company-entity.js';
export type { CompanyEntity, CompanyEntityOptions } from './company-entity.js';
