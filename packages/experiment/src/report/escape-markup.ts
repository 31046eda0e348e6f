const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text without the characters that XML has no way to write. */
export function replaceControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** Text as HTML or XML: nothing in it is markup, also within the quotes of an attribute. */
export function escapeMarkup(text: string): string {
  return replaceControls(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
