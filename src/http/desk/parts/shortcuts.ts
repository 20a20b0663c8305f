/** Single keys that lead to the sections of the desk; `?` lists them there. */

export const shortcuts: Readonly<Record<string, string>> = {
  '/': 'o',
  '/editions': 'e',
  '/papers': 'p',
  '/subscribers': 's',
  '/suppressions': 'x',
  '/bounces': 'b',
  '/domains': 'd',
  '/health': 'h',
  '/settings': 't',
  '/keys': 'k',
  '/audit': 'a',
}
