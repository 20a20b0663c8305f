/** Makes and keeps the HTML of papers whose words are new or have changed; a trigger marks them as due. */
import { Type } from 'typebox'
import type { Queries } from '../../db/client.js'
import { json } from '../../db/queries/sql-types.js'
import { statement } from '../../db/queries/statement.js'
import { messageOf } from '../../errors.js'
import { hasTex } from '../../format/science/science.js'
import type { Log } from '../../log.js'
import { type DrawBounds, drawTexts, type Drawn, type Task, usualBounds } from './draw.js'
import { mapPieces, type PaperHtml, type PaperText, textsOf, typedHtml } from './paper-html.js'

type DuePaper = PaperText & { id: string }

const mostAtOnce = 50

/**
 * Renders what is due, the newest papers first, until nothing is left or the time is over; what is left stays due.
 * @returns how many papers were rendered.
 */
export async function renderDue(db: Queries, bounds: DrawBounds = usualBounds): Promise<number> {
  const until = performance.now() + bounds.all
  let rendered = 0
  for (;;) {
    const left = until - performance.now()
    const due = left > 0 ? await duePapers(db) : []
    if (due.length === 0) return rendered
    const made = await htmlOf(due, { ...bounds, all: left })
    await keep(db, made)
    rendered += made.length
  }
}

/** For those who have something else to do: what can't be rendered now stays due, see `jobs/render.ts`. */
export async function renderSoon({ db, log }: { db: Queries; log: Log }): Promise<void> {
  try {
    await renderDue(db)
  } catch (error) {
    log.warn({ fault: messageOf(error) }, 'papers could not be rendered yet')
  }
}

function duePapers(db: Queries): Promise<DuePaper[]> {
  return db.tables
    .selectFrom('paper')
    .select(['id', 'title', 'abstract', 'summary'])
    .where('html', 'is', null)
    .orderBy('published_at', 'desc')
    .orderBy('id')
    .limit(mostAtOnce)
    .execute()
}

type Made = DuePaper & { html: PaperHtml }

/** Without those that the time was not enough for. Text without TeX is only escaped, which takes no thread. */
async function htmlOf(papers: readonly DuePaper[], bounds: DrawBounds): Promise<Made[]> {
  const tasks = new Map<string, Task>()
  for (const paper of papers) {
    mapPieces(textsOf(paper), (text, piece) => {
      const task = { text, plain: piece === 'titleText' }
      if (hasTex(text)) tasks.set(keyOf(task), task)
      return text
    })
  }
  const drawn = await drawTexts([...tasks.values()], bounds)
  const results = new Map([...tasks.keys()].slice(0, drawn.length).map((key, i) => [key, drawn[i] ?? null]))
  return papers.flatMap((paper) => {
    const html = piecesOf(paper, results)
    return html ? [{ ...paper, html }] : []
  })
}

/** Null while one of them is not drawn yet; one that was given up stays as it was typed. */
function piecesOf(paper: DuePaper, results: ReadonlyMap<string, Drawn>): PaperHtml | null {
  const typed = typedHtml(paper)
  let missing = false
  const html = mapPieces(textsOf(paper), (text, piece) => {
    if (!hasTex(text)) return typed[piece]
    const result = results.get(keyOf({ text, plain: piece === 'titleText' }))
    missing ||= result === undefined
    return result ?? typed[piece]
  })
  return missing ? null : html
}

const keyOf = ({ text, plain }: Task) => `${plain ? 'plain' : 'html'} ${text}`

const keepHtml = statement({
  text: `WITH unchanged AS (
       SELECT p.id, m.html
       FROM jsonb_to_recordset($1::jsonb) AS m (id text, title text, abstract text, summary text, html jsonb)
       JOIN paper p ON p.id = m.id
         AND (p.title, p.abstract, p.summary) IS NOT DISTINCT FROM (m.title, m.abstract, m.summary)
       -- The order in which looks take them.
       ORDER BY p.id FOR NO KEY UPDATE OF p
     )
     UPDATE paper p SET html = u.html FROM unchanged u WHERE p.id = u.id`,
  parameters: [json(Type.Array(Type.Unknown()))],
  columns: {},
})

/** Only for words that are still the same: those of others are due again. */
async function keep(db: Queries, made: readonly Made[]): Promise<void> {
  await db.run(keepHtml, [made])
}
