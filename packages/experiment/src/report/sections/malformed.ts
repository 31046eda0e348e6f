import { defineReportSection } from '@limaml/plugin';
import type { ReportPlugin } from '@limaml/plugin';
import { describeMalformed } from '../../run/experiment-data.js';

/** Rows of the data that were left out, and why. */
export function malformedSection(): ReportPlugin {
  return defineReportSection({
    name: 'malformed-rows',
    title: 'Malformed rows',
    render: ({ data }) => {
      const text = describeMalformed(data.malformedRows);
      return text === '' ? undefined : [{ kind: 'text', text }];
    },
  });
}
