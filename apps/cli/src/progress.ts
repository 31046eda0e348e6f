import type { CliIo, TextSink } from './io.js';

/** One piece of work whose progress is shown. */
export interface Step {
  /** @param share done so far, 0 to 1; undefined where it cannot be known */
  readonly update: (share: number | undefined, detail?: string) => void;
  readonly done: (detail?: string) => void;
}

/** Tells people what is going on. Never writes to standard output. */
export interface Progress {
  readonly step: (title: string) => Step;
  /** Says something that stays. */
  readonly note: (text: string) => void;
  /** Takes away the bar of a step that did not come to its end, so that an error starts on a fresh line. */
  readonly close: () => void;
}

/** Milliseconds between two looks of the same step. */
const REDRAW = { terminal: 80, lines: 5000 };
const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * A bar that is redrawn in place on a terminal; otherwise a line when a step begins, every few seconds
 * and when it ends. Drawn by hand because prompt libraries put the terminal into raw mode, where Ctrl-C
 * ends the process before a checkpoint can be written.
 */
export function createProgress({ stderr, interactive }: CliIo, quiet = false): Progress {
  const nothing = (): void => undefined;
  if (quiet) {
    return { step: () => ({ update: nothing, done: nothing }), note: nothing, close: nothing };
  }
  const note = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  if (interactive) return { ...terminalProgress(stderr), note };
  return { step: (title) => lineStep(stderr, title), note, close: nothing };
}

function terminalProgress(sink: TextSink): Omit<Progress, 'note'> {
  let open = false;
  const draw = (text: string, end = ''): void => {
    // A terminal that does not tell its width says 0.
    const width = Math.max(20, (sink.columns === 0 ? 100 : (sink.columns ?? 100)) - 1);
    sink.write(`${CLEAR_LINE}${text.slice(0, width)}${end}`);
    open = end === '';
  };
  return {
    step: (title) => terminalStep(draw, title),
    close: () => {
      if (open) sink.write(CLEAR_LINE);
      open = false;
    },
  };
}

function terminalStep(draw: (text: string, end?: string) => void, title: string): Step {
  const startedAt = Date.now();
  let drawnAt = 0;
  draw(`… ${title}`);
  return {
    update: (share, detail = '') => {
      if (Date.now() - drawnAt < REDRAW.terminal) return;
      drawnAt = Date.now();
      draw(`… ${title} ${bar(share)} ${detail}`);
    },
    done: (detail = '') => {
      draw(`✓ ${title} ${elapsed(startedAt)}${detail && ` · ${detail}`}`, '\n');
    },
  };
}

function lineStep(sink: TextSink, title: string): Step {
  const startedAt = Date.now();
  let writtenAt = startedAt;
  sink.write(`${title}…\n`);
  return {
    update: (share, detail = '') => {
      if (Date.now() - writtenAt < REDRAW.lines) return;
      writtenAt = Date.now();
      sink.write(`  ${title} ${percent(share)} ${detail}`.trimEnd() + '\n');
    },
    done: (detail = '') => {
      sink.write(`  ${title} done in ${elapsed(startedAt)}${detail && ` · ${detail}`}\n`);
    },
  };
}

function bar(share: number | undefined): string {
  if (share === undefined) return '';
  const filled = Math.round(clamp(share) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${percent(share)}`;
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${Math.floor(clamp(share) * 100)} %`;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function elapsed(since: number): string {
  const seconds = (Date.now() - since) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
