/** What a migration may do to tables that a running service is using; `src/db/migrations/README.md` says why. */

/** The words of one statement, without comments; null for one that says why it may be otherwise. */
function statementsOf(sql: string): string[] {
  const statements: string[] = []
  let current = ''
  let quote: string | null = null
  for (const part of sql.split(/(\$\w*\$|;|--[^\n]*)/)) {
    if (quote === null && part.startsWith('--')) {
      // `-- live: why` lets the statement behind it pass.
      if (/^--\s*live:\s*\S/.test(part)) current += '/*live*/'
      continue
    }
    if (/^\$\w*\$$/.test(part)) quote = quote === null ? part : quote === part ? null : quote
    if (part === ';' && quote === null) {
      statements.push(current)
      current = ''
    } else current += part
  }
  return [...statements, current].map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter(Boolean)
}

const named = (text: string, pattern: RegExp): string => (pattern.exec(text)?.[1] ?? '').replaceAll('"', '')

type Rule = { breaks: (statement: string) => boolean; why: string }

/** For statements about a table that was there before. */
const rules: Rule[] = [
  {
    breaks: (text) => /^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)/i.test(text),
    why: 'an index keeps writers out while it is made: CREATE INDEX CONCURRENTLY IF NOT EXISTS',
  },
  {
    breaks: (text) => /ADD CONSTRAINT\b.*\b(?:FOREIGN KEY|CHECK)\b/i.test(text) && !/NOT VALID/i.test(text),
    why: 'a constraint reads the whole table under a lock: NOT VALID, and VALIDATE in the next migration',
  },
  {
    breaks: (text) =>
      /ADD CONSTRAINT\b.*\b(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b/i.test(text) && !/USING INDEX/i.test(text),
    why: 'make the index CONCURRENTLY before, then ADD CONSTRAINT … USING INDEX',
  },
  {
    breaks: (text) => /\bSET NOT NULL\b/i.test(text),
    why: 'SET NOT NULL reads the whole table under a lock: CHECK (x IS NOT NULL) NOT VALID, validated',
  },
  {
    breaks: (text) => /ALTER COLUMN \S+ (?:SET DATA )?TYPE\b/i.test(text),
    why: 'another type writes the table anew: add a column',
  },
  {
    breaks: (text) =>
      /ADD COLUMN\b[^,]*\bNOT NULL\b/i.test(text) && !/ADD COLUMN\b[^,]*\bDEFAULT\b/i.test(text),
    why: 'the release before does not fill it in: give it a DEFAULT',
  },
  {
    breaks: (text) =>
      /ADD COLUMN\b[^,]*(?:\b(?:SMALL|BIG)?SERIAL\b|GENERATED ALWAYS AS\b|DEFAULT\s+(?:gen_random_uuid|clock_timestamp|random|nextval)\b)/i.test(
        text,
      ),
    why: 'a value of its own for each row writes the table anew',
  },
  {
    breaks: (text) => /^ALTER TABLE\b.*\b(?:DROP COLUMN|RENAME)\b|^DROP TABLE\b/i.test(text),
    why: 'the release before still asks for it: leave it for a later release',
  },
  {
    breaks: (text) => /^(?:UPDATE|DELETE)\b/i.test(text),
    why: 'rows stay locked until all is done: let a job do it piece by piece',
  },
  {
    breaks: (text) => /^(?:LOCK|VACUUM|CLUSTER|REINDEX|TRUNCATE)\b/i.test(text),
    why: 'it keeps everybody out',
  },
]

/** What is wrong with a migration for a live system; nothing where all is well. */
export function liveFaults(sql: string): string[] {
  const statements = statementsOf(sql)
  const made = new Set(
    statements.map((text) => named(text, /^CREATE TABLE (?:IF NOT EXISTS )?("?\w+"?)/i)).filter(Boolean),
  )
  const faults: string[] = []
  for (const text of statements) {
    if (text.startsWith('/*live*/') || made.has(tableOf(text))) continue
    for (const { breaks, why } of rules) if (breaks(text)) faults.push(`${text.slice(0, 80)}: ${why}`)
    if (/\bCONCURRENTLY\b/i.test(text)) {
      if (statements.length > 1)
        faults.push(`${text.slice(0, 80)}: CONCURRENTLY stands alone in its migration`)
      if (/^CREATE/i.test(text) && !/IF NOT EXISTS/i.test(text)) {
        faults.push(`${text.slice(0, 80)}: after a crash it is made again: IF NOT EXISTS`)
      }
    }
  }
  const all = statements.join(';')
  const added = [...all.matchAll(/ADD CONSTRAINT ("?\w+"?)[^;]*NOT VALID/gi)].map(([, name]) => name)
  for (const [, name] of all.matchAll(/VALIDATE CONSTRAINT ("?\w+"?)/gi)) {
    if (added.includes(name))
      faults.push(`${name}: it is validated under the lock of its making; do so in the next migration`)
  }
  return faults
}

/** The table that a statement changes. */
const tableOf = (text: string): string =>
  named(text, /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?("?\w+"?)/i) ||
  named(text, /^CREATE (?:UNIQUE )?INDEX\b.*? ON (?:ONLY )?("?\w+"?)/i) ||
  named(text, /^(?:UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?) ("?\w+"?)/i)
