/** The name of a section as part of a file name or an address. */
export function stemOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
}
