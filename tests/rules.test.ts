/** Each rule stands in one place: a second copy of it anywhere in `src` is found. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

type Rule = {
  name: string
  /** What a copy of the rule looks like. */
  copy: RegExp
  /** Where it may stand. */
  home: string[]
  /** How it looks there, where that is something else. */
  there?: RegExp
  /** A copy as somebody might write it. */
  planted: string
}

const rules: Rule[] = [
  {
    name: 'persons are “they”',
    copy: /\b(?:he|his|himself|she|herself)\b(?!['’])/,
    home: [],
    planted: '/** Tells a reader what he missed. */',
  },
  {
    name: 'what is private is so for JavaScript as well',
    copy: /^\s+(?:private|protected) /m,
    home: [],
    planted: '  private readonly idle: Session[] = []',
  },
  {
    name: 'how long to wait after failures',
    copy: /\b(?:\d|factor) \*\* \(?(?:Math\.max\(1, )?(?:tr|attempt|fail)/,
    home: ['backoff.ts'],
    planted: 'const pause = 1_000 * 2 ** (tried - 1)',
  },
  {
    name: 'how hosts are called',
    copy: /\bfetch\(|\brequest\b[^\n]*from 'node:https?'|from 'undici'/,
    // Sources, and what doctor asks, are the operator's own choice.
    home: [
      'network/exchange.ts',
      'papers/sources/fetch-text.ts',
      'operations/doctor/place.ts',
      'operations/doctor/public-url.ts',
    ],
    planted: "const answer = await fetch(url, { method: 'POST' })",
  },
  {
    name: 'which networks are private',
    copy: /BlockList|['"](?:10\.0\.0\.0|169\.254\.|192\.168\.|172\.16\.)/,
    home: [],
    planted: 'const own = new BlockList()',
  },
  {
    name: 'when text of papers becomes HTML',
    copy: /\b(?:scienceHtml|formulaHtml)\(/,
    home: ['format/science/science.ts', 'format/science/formula.ts', 'papers/html/thread.ts'],
    planted: 'titleHtml: scienceHtml(paper.title),',
  },
  {
    name: 'changes of an edition’s status',
    copy: /UPDATE edition\b(?:(?!WHERE|`).)*?\bstatus\s*=|\.edition\.(?:update|upsert)\w*\([^`]{0,200}?\bstatus:|updateTable\('edition[^`]{0,80}?\bstatus:/s,
    home: ['editions/transitions.ts'],
    there: /UPDATE edition e SET|updateTable\('edition|\.edition\.update/,
    planted: "db.sql(`UPDATE edition SET reason = $2,\n status = 'held' WHERE id = $1`)",
  },
  {
    name: 'which editions are public',
    copy: /'frozen',\s*'sending',\s*'paused',\s*'sent'(?!,\s*'cancelled')/,
    home: ['editions/edition.ts'],
    planted: "const shown = `e.status IN ('frozen', 'sending', 'paused', 'sent')`",
  },
  {
    name: 'which editions are settled without mail',
    copy: /'empty',\s*'thin',\s*'cancelled'/,
    home: ['editions/edition.ts'],
    planted: "status IN ('empty', 'thin', 'cancelled')",
  },
  {
    name: 'statuses of deliveries',
    copy: /'due',\s*'(?:claimed|deferred|in_doubt)',|'deferred',\s*'in_doubt'|'rejected',\s*'expired'|'left_out',\s*'cancelled'/,
    home: ['db/queries/columns.ts', 'mail/delivery-status.ts'],
    planted: "WHERE status IN ('due', 'deferred', 'in_doubt')",
  },
  {
    name: 'statuses and frequencies of subscribers',
    copy: /'pending',\s*'active',\s*'unsubscribed',\s*'bounced',\s*'complained'|\['daily',\s*'weekdays',\s*'weekly'\]/,
    home: ['db/queries/columns.ts'],
    planted: "Type.Enum(['daily', 'weekdays', 'weekly'])",
  },
  {
    name: 'which workers are alive',
    copy: /\bseen_at\s*>/,
    home: ['mail/alive-workers.ts'],
    planted: "SELECT count(*) FROM worker WHERE seen_at > $1::timestamptz - interval '1 minute'",
  },
  {
    name: 'bounds of the gates',
    copy: /\b(?:sameShare|audienceShare):\s*(?:\{ usual: )?0\.\d/,
    home: ['editions/gates/gates.ts'],
    planted: 'const usual = { sameShare: 0.5, audienceShare: 0.3 }',
  },
  {
    name: 'escaping for HTML',
    copy: /'&':\s*'&amp;'|\.replace(?:All)?\(\/&\/g?, '&amp;'/,
    home: ['format/text/escape-html.ts'],
    planted: "const entities = { '&': '&amp;', '<': '&lt;' }",
  },
  {
    name: 'text on one line',
    copy: /\.replace(?:All)?\(\/\[?\\s[^/\n]{0,20}\+\/[gu]+,\s*' '\)/,
    home: ['format/text/one-line.ts'],
    planted: "text.replaceAll(/\\s+/g, ' ').trim()",
  },
  {
    name: 'tokens in compiled mail',
    copy: /new RegExp\(`@@\(/,
    home: ['mail/message/compiled.ts'],
    planted: "new RegExp(`@@(${tokens.join('|')})@@`)",
  },
]

const root = new URL('../src/', import.meta.url).pathname

/** The sources by path below `src`, without what is generated. */
const sources = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('db/generated/'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
)

const copies = ({ copy, home }: Rule, files: Map<string, string>) =>
  [...files].filter(([path, text]) => !home.includes(path) && copy.test(text)).map(([path]) => path)

describe('each rule stands in one place', () => {
  it.each(rules)('$name', (rule) => {
    expect(copies(rule, sources)).toEqual([])
    expect(
      rule.home.filter((path) => !(rule.there ?? rule.copy).test(sources.get(path) ?? '')),
      'a home without the rule',
    ).toEqual([])
  })

  it.each(rules)('a planted copy is found: $name', (rule) => {
    const planted = new Map([...sources, ['operations/planted.ts', rule.planted]])
    expect(copies(rule, planted)).toEqual(['operations/planted.ts'])
  })
})
