import type { EntityTable } from '@limaml/plugin';
import { categoryColumn, createDictionary, listColumn } from '../columns.js';
import { rowsByTime } from './views.js';
import type { Views } from './views.js';

/** Jobs and companies, described by their first view: later ones may tell what was not known yet. */
export interface ViewedEntities {
  readonly job: EntityTable;
  readonly company: EntityTable;
  /** Row of the company of each job; −1 where its first view names none. */
  readonly companyOf: Int32Array;
}

export function entityTables(views: Views): ViewedEntities {
  const order = rowsByTime(views);
  const firstOfJob = firstRows(order, views.job);
  const companies = createDictionary();
  const companyOf = Int32Array.from(firstOfJob, (row) => {
    const name = views.company[row];
    return name === undefined ? -1 : companies.code(name);
  });
  const refs = views.job.map((job) => companyOf[job]!);
  const firstOfCompany = firstRows(order, refs);
  return {
    job: jobTable(views, firstOfJob),
    company: companyTable(views, companies.categories, firstOfCompany),
    companyOf,
  };
}

/** First row of each entity in time. */
function firstRows(order: Int32Array, refs: Int32Array): number[] {
  const first: number[] = [];
  for (const row of order) {
    const ref = refs[row]!;
    if (ref >= 0) first[ref] ??= row;
  }
  return first;
}

function jobTable(views: Views, first: readonly number[]): EntityTable {
  const of = (values: readonly (string | undefined)[]) => first.map((row) => values[row]);
  return {
    ids: views.jobIds,
    table: {
      rows: first.length,
      columns: {
        words: listColumn(of(views.position).map(wordsOf)),
        city: categoryColumn(of(views.city)),
        state: categoryColumn(of(views.state)),
        industry: categoryColumn(of(views.industry)),
      },
    },
    features: [
      { name: 'words', kind: 'multi', minCount: 20, maxLength: 8 },
      { name: 'city', kind: 'categorical', minCount: 20 },
      { name: 'state', kind: 'categorical', minCount: 5 },
      { name: 'industry', kind: 'categorical', minCount: 5 },
    ],
  };
}

function companyTable(views: Views, ids: readonly string[], first: readonly number[]): EntityTable {
  const of = (values: readonly (string | undefined)[]) => first.map((row) => values[row]);
  return {
    ids,
    table: {
      rows: ids.length,
      columns: {
        industry: categoryColumn(of(views.industry)),
        state: categoryColumn(of(views.state)),
      },
    },
    features: [
      { name: 'industry', kind: 'categorical', minCount: 5 },
      { name: 'state', kind: 'categorical', minCount: 5 },
    ],
  };
}

function wordsOf(position: string | undefined): string[] {
  return [...new Set(position?.toLowerCase().match(/[a-z]{3,}/g))];
}
