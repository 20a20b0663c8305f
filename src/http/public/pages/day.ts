/** The papers of a day, on the front page and on a page of their own. */
import { addDays, type Day, daysBefore, utcDay } from '../../../clock.js'
import { Problem } from '../../../errors.js'
import { fullDay, longDay } from '../../../format/readable.js'
import { momentumOf } from '../../../papers/ranking/note.js'
import { countsSince, latestDay, neighbourDays, papersOfDay } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { cardPath } from '../cards/card-of.js'
import { renderPage } from '../../server/page.js'
import { stampOf } from '../../readers/signup/stamp.js'
import { shareOf } from './share.js'
import { mostListed, paperList } from '../queries/paper-list.js'
import { paperView, type PaperView } from '../queries/paper-view.js'
import { type SpanLink, spansOf } from './spans.js'

type Given = Pick<Services, 'config' | 'db' | 'clock' | 'secrets'>

type Leaf = { path: string; day: Day; label: string } | null

type DayView = {
  day: Day
  /** `Wednesday, 5 August 2026`. */
  dateline: string
  papers: PaperView[]
  /** The same as HTML. */
  items: string
  /** How many are shown, where there may be more. */
  cut: number | null
  previous: Leaf
  next: Leaf
  spans: SpanLink[]
}

/** A look is compared with one from up to so many days before. */
const daysCompared = 4

/** The front page: the newest day with papers, and the signup form. */
export async function homePage(services: Given): Promise<string> {
  const { publication, byline } = services.config
  const day = await latestDay(services.db)
  return renderPage(services, 'pages/home.eta', {
    title: publication,
    description: `Get trending papers in your email inbox! ${publication} ${byline}`,
    path: '/',
    front: true,
    stamp: stampOf(services),
    list: day ? await dayView(services, day, true) : null,
  })
}

/** @throws Problem `not-found` for a day that has not begun or lies before the first one that is kept. */
export async function dayPage(services: Given, day: Day): Promise<string> {
  const list = await dayView(services, day)
  if (list.papers.length === 0 && (day > utcDay(services.clock.now()) || !list.previous)) {
    throw new Problem('not-found', `There are no papers of ${longDay(day)}.`)
  }
  return renderPage(services, 'pages/day.eta', {
    title: `Papers of ${longDay(day)}`,
    description: list.papers
      .slice(0, 3)
      .map((paper) => paper.titleShort)
      .join(' · '),
    path: `/papers/${day}`,
    share: shareOf(services.config, `Papers of ${longDay(day)}`, `/papers/${day}`),
    stamp: stampOf(services),
    noindex: list.papers.length === 0,
    card: list.papers.length > 0 ? cardPath(services.config, `/papers/${day}`) : null,
    list,
  })
}

/** @param front - whether the first paper leads. */
async function dayView(services: Given, day: Day, front = false): Promise<DayView> {
  const { db, config } = services
  const now = services.clock.now()
  const [papers, neighbours, counts] = await Promise.all([
    papersOfDay(db, day, mostListed),
    neighbourDays(db, day),
    countsSince(db, day, daysBefore(now, daysCompared)),
  ])
  const views = papers.map((paper, index) => ({
    ...paperView(paper, index + 1, config.pictures),
    momentum: momentumOf(
      {
        ...paper,
        snapshots: counts.get(paper.id) ?? [],
        listedOn: paper.listedOn.filter((listed) => listed <= day),
      },
      now,
    ),
  }))
  return {
    day,
    dateline: fullDay(day),
    papers: views,
    items: paperList(views, front),
    cut: views.length === mostListed ? mostListed : null,
    previous: leaf(day, neighbours.previous),
    next: leaf(day, neighbours.next),
    spans: spansOf(day, 'day'),
  }
}

/** A link to another day, called by its weekday as long as that is unmistakable. */
function leaf(from: Day, day: Day | null): Leaf {
  if (!day) return null
  const near = day > addDays(from, -7) && day < addDays(from, 7)
  const label = near ? (fullDay(day).split(',')[0] ?? day) : longDay(day)
  return { path: `/papers/${day}`, day, label }
}
