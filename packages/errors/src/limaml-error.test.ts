import { describe, expect, it, vi } from 'vitest';
import { LimamlError, isLimamlError } from './index.js';

const details = {
  code: 'LIMAML_ERR_DATA_COLUMN_MISSING',
  what: 'Column "label" is missing',
  where: { file: 'clicks.csv', row: 7, field: undefined },
  expected: 'one of: member, job, time',
  fix: 'Name the label column in the spec',
} as const;

describe('LimamlError', () => {
  it('says what, where, expected and fix in one message', () => {
    expect(new LimamlError(details).message).toBe(
      'LIMAML_ERR_DATA_COLUMN_MISSING: Column "label" is missing (file "clicks.csv", row 7). ' +
        'Expected: one of: member, job, time. Fix: Name the label column in the spec.',
    );
  });

  it('leaves out what is not known', () => {
    const error = new LimamlError({ code: 'LIMAML_ERR_X_Y', what: 'It broke' });
    expect(error.message).toBe('LIMAML_ERR_X_Y: It broke.');
    expect(error).not.toHaveProperty('cause');
  });

  it('ends a fix that is a question with its own mark', () => {
    const error = new LimamlError({ code: 'LIMAML_ERR_X_Y', what: 'No', fix: 'Did you mean "a"?' });
    expect(error.message).toBe('LIMAML_ERR_X_Y: No. Fix: Did you mean "a"?');
  });

  it('keeps its parts and the error underneath', () => {
    const cause = new Error('disk full');
    const error = new LimamlError({ ...details, cause });
    expect(error).toMatchObject({
      code: details.code,
      where: details.where,
      expected: details.expected,
      fix: details.fix,
      cause,
    });
    expect(error).toBeInstanceOf(Error);
  });
});

describe('isLimamlError', () => {
  it('recognises an error of another copy of the package', async () => {
    vi.resetModules();
    const copy = await import('./limaml-error.js');
    const foreign = new copy.LimamlError(details);
    expect(foreign).not.toBeInstanceOf(LimamlError);
    expect(isLimamlError(foreign)).toBe(true);
  });

  it.each([new Error('x'), undefined, null, 'LIMAML_ERR_X', {}])('rejects %s', (value) => {
    expect(isLimamlError(value)).toBe(false);
  });
});
