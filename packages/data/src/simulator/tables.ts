import type { Column, EntityTable, FeatureDeclaration } from '@limaml/plugin';
import { numberColumn } from '../columns.js';
import { FUNCTIONS, INDUSTRIES, LEVELS, LOCATIONS, SIZES, SKILLS } from './names.js';
import type { World } from './world.js';

/** What a marketplace shows of its entities, by entity type. Hidden columns are not in it. */
export function entityTables(world: World): Readonly<Record<EntityName, EntityTable>> {
  const { members, jobs, companies } = world;
  return {
    member: {
      ids: numberedIds('member', members.count, world.firstMember),
      table: {
        rows: members.count,
        columns: {
          field: coded(members.field, FUNCTIONS),
          level: coded(members.level, LEVELS),
          location: coded(members.location, LOCATIONS),
          skills: skillLists(members.skills),
          experience: numberColumn(members.experience),
        },
      },
      features: ENTITY_FEATURES.member,
    },
    job: {
      ids: numberedIds('job', jobs.count),
      table: {
        rows: jobs.count,
        columns: {
          field: coded(jobs.field, FUNCTIONS),
          level: coded(jobs.level, LEVELS),
          location: coded(jobs.location, LOCATIONS),
          remote: coded(jobs.remote, ['on-site', 'remote']),
          skills: skillLists(jobs.skills),
          salary: numberColumn(jobs.salary),
        },
      },
      features: ENTITY_FEATURES.job,
    },
    company: {
      ids: numberedIds('company', companies.count),
      table: {
        rows: companies.count,
        columns: {
          industry: coded(companies.industry, INDUSTRIES),
          size: coded(companies.size, SIZES),
        },
      },
      features: ENTITY_FEATURES.company,
    },
  };
}

export type EntityName = 'member' | 'job' | 'company';

export const ENTITY_FEATURES: Readonly<Record<EntityName, readonly FeatureDeclaration[]>> = {
  member: [
    { name: 'field', kind: 'categorical' },
    { name: 'level', kind: 'categorical' },
    { name: 'location', kind: 'categorical' },
    { name: 'skills', kind: 'multi', maxLength: 8 },
    { name: 'experience', kind: 'dense', transform: 'log1p' },
  ],
  job: [
    { name: 'field', kind: 'categorical' },
    { name: 'level', kind: 'categorical' },
    { name: 'location', kind: 'categorical' },
    { name: 'remote', kind: 'categorical' },
    { name: 'skills', kind: 'multi', maxLength: 8 },
    { name: 'salary', kind: 'dense', transform: 'log1p' },
  ],
  company: [
    { name: 'industry', kind: 'categorical' },
    { name: 'size', kind: 'categorical' },
  ],
};

export const OUTCOME_FEATURES: readonly FeatureDeclaration[] = [
  { name: 'dwell', kind: 'dense', transform: 'log1p' },
];

function numberedIds(type: EntityName, count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, number) => `${type}-${first + number + 1}`);
}

function coded(codes: Uint8Array, categories: readonly string[]): Column {
  return { kind: 'category', codes: Int32Array.from(codes), categories };
}

function skillLists(masks: Uint32Array): Column {
  const lists = Array.from(masks, (mask) =>
    SKILLS.flatMap((_, skill) => ((mask >>> skill) & 1 ? [skill] : [])),
  );
  const offsets = new Int32Array(masks.length + 1);
  lists.forEach((list, row) => (offsets[row + 1] = offsets[row]! + list.length));
  return { kind: 'list', offsets, codes: Int32Array.from(lists.flat()), categories: SKILLS };
}
