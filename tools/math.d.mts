/** Teaches a markdown-it instance formulas. */
export function math(md: unknown): void;
