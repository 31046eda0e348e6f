/** Fields of work. Field f owns the four skills from 4·f on. */
export const FUNCTIONS = [
  'engineering',
  'data',
  'design',
  'sales',
  'marketing',
  'finance',
  'operations',
  'care',
] as const;

/** 32 skills, so that a set of them is one 32-bit mask. */
export const SKILLS = [
  ...['typescript', 'databases', 'networks', 'testing'],
  ...['statistics', 'sql', 'visualisation', 'machine-learning'],
  ...['typography', 'prototyping', 'user-research', 'illustration'],
  ...['negotiation', 'prospecting', 'account-care', 'forecasting'],
  ...['copywriting', 'campaigns', 'analytics', 'branding'],
  ...['accounting', 'audit', 'controlling', 'tax'],
  ...['logistics', 'planning', 'procurement', 'quality'],
  ...['nursing', 'counselling', 'first-aid', 'documentation'],
] as const;

export const INDUSTRIES = [
  'software',
  'retail',
  'energy',
  'health',
  'media',
  'banking',
  'transport',
  'education',
  'food',
  'public',
] as const;

export const LOCATIONS = [
  'amsterdam',
  'berlin',
  'dublin',
  'lisbon',
  'london',
  'madrid',
  'milan',
  'paris',
  'prague',
  'stockholm',
  'vienna',
  'warsaw',
] as const;

/** Seniority levels, 0 to 4. */
export const LEVELS = ['intern', 'junior', 'mid', 'senior', 'lead'] as const;

/** Company sizes, small to large. */
export const SIZES = ['startup', 'small', 'medium', 'large'] as const;
