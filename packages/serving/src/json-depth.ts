/**
 * Levels of lists and objects in a text of JSON. What reads JSON recurses, and a text of a few hundred
 * kilobytes can hold more levels than there is stack.
 */
export function jsonDepth(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const token = text.charCodeAt(at);
    if (token === QUOTE) quoted = !quoted;
    else if (quoted) at += token === BACKSLASH ? 1 : 0;
    else if (OPENING.has(token)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(token)) depth--;
  }
  return deepest;
}

const codes = (tokens: string): number[] => Array.from(tokens, (token) => token.charCodeAt(0));
const [QUOTE, BACKSLASH] = codes('"\\');
const OPENING = new Set(codes('[{'));
const CLOSING = new Set(codes(']}'));
