import { describe, expect, it } from 'vitest';
import type { CliIo } from './io.js';
import { createProgress } from './progress.js';

function record(
  interactive: boolean,
  quiet = false,
): { text: () => string; progress: ReturnType<typeof createProgress> } {
  let text = '';
  const io = {
    stderr: { write: (part: string) => (text += part), columns: 60 },
    interactive,
  } as CliIo;
  return { text: () => text, progress: createProgress(io, quiet) };
}

describe('progress', () => {
  it('is a bar that stays on one line of a terminal', () => {
    const { text, progress } = record(true);
    const step = progress.step('Working');
    step.update(0.5, 'a detail that is much too long for what is left of this line');
    step.done('all well');
    expect(text()).toContain('50 %');
    expect(text().split('\n')).toHaveLength(2);
    for (const drawn of text().split('\r\u001b[2K'))
      expect(drawn.trimEnd().length).toBeLessThan(60);
  });

  it('leaves a clean line behind a step that failed', () => {
    const { text, progress } = record(true);
    progress.step('Working').update(0.5);
    progress.close();
    progress.close();
    expect(text().endsWith('50 % \r\u001b[2K')).toBe(true);
  });

  it('is plain lines elsewhere', () => {
    const { text, progress } = record(false);
    const step = progress.step('Working');
    for (let at = 0; at < 1000; at++) step.update(at / 1000);
    step.done('all well');
    expect(text()).toMatch(/^Working…\n {2}Working done in 0\.\d s · all well\n$/);
  });

  it('says nothing when quiet', () => {
    const { text, progress } = record(true, true);
    progress.step('Working').done();
    progress.close();
    expect(text()).toBe('');
  });
});
