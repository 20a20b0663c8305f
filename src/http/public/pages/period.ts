/** The most voted papers of a week or a month. */
import { Type } from 'typebox'
import type { Day } from '../../../clock.js'
import { weekOf } from '../../../editions/choosing/period.js'
import { Problem } from '../../../errors.js'
import { longDay, monthName } from '../../../format/readable.js'
import { browsePapers } from '../../../papers/browse.js'
import { neighbourDays } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { spanOfMonth, spanOfWeek } from '../queries/days-asked.js'
import { renderPage } from '../../server/page.js'
import type { Routes } from '../../contract/routes.js'
import { htmlAnswer, pageProblems, unchanged } from '../../contract/schemas.js'
import { stampOf } from '../../readers/signup/stamp.js'
import { shareOf } from './share.js'
import { mostListed, paperList } from '../queries/paper-list.js'
import { paperView } from '../queries/paper-view.js'
import { spansOf } from './spans.js'

type Kind = {
  spanOf(period: string): { from: Day; to: Day } | null
  /** The period that a day belongs to. */
  periodOf(day: Day): string
  label(period: string, from: Day, to: Day): string
}

const kinds: Record<'week' | 'month', Kind> = {
  week: {
    spanOf: spanOfWeek,
    periodOf: weekOf,
    label: (week, from, to) => `Week ${Number(week.slice(6))}, ${longDay(from)} to ${longDay(to)}`,
  },
  month: {
    spanOf: spanOfMonth,
    periodOf: (day) => day.slice(0, 7),
    label: (_month, from) => monthName(from),
  },
}

export const periodPages: Routes = async (app, { services }) => {
  const { pages } = app
  app.get('/papers/week/:week', { schema: weekSchema }, (request, reply) =>
    pages.send(request, reply, () => periodPage(services, 'week', request.params.week)),
  )
  app.get('/papers/month/:month', { schema: monthSchema }, (request, reply) =>
    pages.send(request, reply, () => periodPage(services, 'month', request.params.month)),
  )
}

async function periodPage(
  services: Pick<Services, 'config' | 'db' | 'clock' | 'secrets'>,
  name: 'week' | 'month',
  period: string,
): Promise<string> {
  const kind = kinds[name]
  const span = kind.spanOf(period)
  if (!span) throw new Problem('not-found', `There is no such ${name}.`)
  const { db } = services
  const [papers, before, after] = await Promise.all([
    browsePapers(db, { ...span, order: 'votes', limit: mostListed }),
    neighbourDays(db, span.from),
    neighbourDays(db, span.to),
  ])
  if (papers.length === 0) throw new Problem('not-found', `No papers were listed in that ${name}.`)
  const days = daysWithin(
    papers.flatMap((paper) => paper.listedOn),
    span,
  )
  const here = kind.label(period, span.from, span.to)
  return renderPage(services, 'pages/period.eta', {
    title: `Papers of ${here}`,
    description: `The most voted papers of ${here}.`,
    path: `/papers/${name}/${period}`,
    share: shareOf(services.config, `Papers of ${here}`, `/papers/${name}/${period}`),
    stamp: stampOf(services),
    list: {
      items: paperList(papers.map((paper, index) => paperView(paper, index + 1, services.config.pictures))),
    },
    spans: spansOf(days.at(-1) ?? span.from, name),
    here,
    previous: leaf(name, before.previous),
    next: leaf(name, after.next),
    days: days.map((day) => ({ path: `/papers/${day}`, label: longDay(day).replace(/ \d{4}$/, '') })),
    cut: papers.length === mostListed ? mostListed : null,
  })
}

function leaf(name: 'week' | 'month', day: Day | null) {
  if (!day) return null
  const kind = kinds[name]
  const period = kind.periodOf(day)
  const label = name === 'week' ? `Week ${Number(period.slice(6))}` : monthName(day)
  return { path: `/papers/${name}/${period}`, label }
}

/** The days of the span that have papers on this page, the oldest first. */
function daysWithin(listed: readonly Day[], { from, to }: { from: Day; to: Day }): Day[] {
  return [...new Set(listed)].filter((day) => day >= from && day <= to).sort()
}

const schemaOf = (summary: string) => ({
  summary,
  tags: ['pages'],
  response: { 200: htmlAnswer('The page'), 304: unchanged, ...pageProblems('not-found') },
})

const weekSchema = {
  ...schemaOf('The papers of an ISO week'),
  params: Type.Object({ week: Type.String({ maxLength: 20, examples: ['2026-W31'] }) }),
}
const monthSchema = {
  ...schemaOf('The papers of a month'),
  params: Type.Object({ month: Type.String({ maxLength: 20, examples: ['2026-07'] }) }),
}
