/** Values made of what attackers try: TeX, HTML, Unicode, URLs and CSV, put together at random. */
import { hostileTexts } from './hostile-texts.js'

export type Random = () => number

/** An address that stands in hostile values, and must stand in no log. */
export const leaked = 'leaked.reader@fuzz.example'

const pieces = [
  ...Object.values(hostileTexts).map((text) => text.slice(0, 600)),
  '<script>fuzz()</script>',
  '<img src=x onerror=fuzz()>',
  '"><svg onload=fuzz()>',
  ']]><![CDATA[',
  '<!--reader-->',
  '@@UNSUBSCRIBE_URL@@',
  '<%= it.publicUrl %>',
  '${7*7}{{7*7}}',
  '\u202Egnirts\u2066',
  '\uD83D',
  '\u0000\u001B[31m',
  `Z${'\u0336\u0489'.repeat(200)}`,
  'ﷺ'.repeat(100),
  '👩‍👩‍👧‍👦'.repeat(40),
  '\r\nBcc: all@example.org\r\n\r\n',
  '=?utf-8?q?=0D=0ABcc:?=',
  `mail ${leaked}`,
  "'; DROP TABLE paper; --",
  '=HYPERLINK("http://fuzz.example")',
  '$$\\gdef\\x{\\x\\x}\\x$$',
  '\\newcommand{\\y}{\\y\\y}$\\y$',
]

const urls = [
  'https://a.example/',
  'javascript:fuzz()',
  'https://user:password@a.example/',
  'https://127.0.0.1/',
  'https://[::ffff:127.0.0.1]/',
  `https://a.example/?${'&'.repeat(900)}`,
  'https://a.example/"><script>fuzz()</script>',
  'data:text/html,<script>fuzz()</script>',
]

export const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T

export function hostileText(random: Random, most: number): string {
  let text = ''
  while (text.length < most && random() > 0.15) text += `${pick(random, pieces)} `
  return text.slice(0, Math.ceil(most * 1.2))
}

/** An entry as the Hub lists it, every field of which somebody hostile has written. */
export function hostileEntry(random: Random, id: string): unknown {
  const name = () => hostileText(random, 250)
  return {
    paper: {
      id,
      title: `Fuzz ${hostileText(random, 600)}`,
      summary: hostileText(random, 12_000),
      ai_summary: random() < 0.5 ? hostileText(random, 1200) : undefined,
      ai_keywords: Array.from({ length: 30 }, name),
      authors: Array.from({ length: pick(random, [0, 1, 2, 3, 5, 8, 13, 21, 40, 6000]) }, () => ({
        name: name(),
      })),
      organization: { fullname: name() },
      submittedOnDailyBy: { user: name() },
      githubRepo: pick(random, urls),
      projectPage: pick(random, urls),
      publishedAt: pick(random, ['2026-07-18T00:00:00Z', '+275760-09-13', 'never']),
      upvotes: pick(random, [0, 5, 2 ** 31, -1, 1e300]),
      githubStars: pick(random, [0, 2 ** 40, '7']),
    },
    numComments: pick(random, [0, 3, -7]),
  }
}
