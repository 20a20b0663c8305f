/** What the card of a page says: a paper's title and authors, or the first titles of a day or an edition. */
import { isDay } from '../../../clock.js'
import type { Config } from '../../../config/config.js'
import { dateline } from '../../../editions/choosing/period.js'
import { Problem } from '../../../errors.js'
import { cutAtWord } from '../../../format/truncate.js'
import { authorsLine, counted, fullDay, longDay } from '../../../format/readable.js'
import { sciencePlain } from '../../../format/science/science.js'
import { isPaperId } from '../../../papers/arxiv-id.js'
import { canPaint } from '../../../papers/pictures/painter.js'
import { typedHtml } from '../../../papers/html/paper-html.js'
import { type KeptPaper, papersOfDay, readPaper } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { mostListed } from '../queries/paper-list.js'
import { publishedEdition } from '../queries/published.js'
import type { Card } from './card-svg.js'

type Given = Pick<Services, 'config' | 'db'>

/** Where the card of a page is; null where none is drawn. */
export const cardPath = ({ pictures }: Pick<Config, 'pictures'>, page: string): string | null =>
  pictures && canPaint() ? `/cards${page}.png` : null

/** A title has no more on a card. */
const longest = 200

const plain = (paper: KeptPaper): string => (paper.html ?? typedHtml(paper)).titleText

/** @throws Problem `not-found`. */
export async function cardOfPaper({ config, db }: Given, id: string): Promise<Card> {
  const paper = isPaperId(id) ? await readPaper(db, id) : null
  if (!paper) throw new Problem('not-found', 'No such paper is kept.')
  const { organisation, authors, authorCount, publishedAt } = paper
  return {
    publication: config.publication,
    dateline: publishedAt ? longDay(publishedAt.toISOString().slice(0, 10)) : '',
    title: plain(paper),
    facts: [organisation, authorsLine(authors, authorCount)].filter(Boolean).join(' · '),
    list: [],
  }
}

/** @throws Problem `not-found` for a day without papers. */
export async function cardOfDay({ config, db }: Given, day: string): Promise<Card> {
  const papers = isDay(day) ? await papersOfDay(db, day, mostListed) : []
  if (papers.length === 0) throw new Problem('not-found', 'There are no papers of that day.')
  return {
    publication: config.publication,
    dateline: '',
    title: fullDay(day),
    facts: counted(papers.length, 'paper'),
    list: papers.slice(0, 3).map(plain),
  }
}

/** @throws Problem `not-found` for an edition that is not out. */
export async function cardOfEdition({ config, db }: Given, period: string): Promise<Card> {
  const { kind, day, number, papers } = await publishedEdition(db, period)
  const all = papers ?? []
  return {
    publication: config.publication,
    dateline: number === null ? '' : `No. ${number.toLocaleString('en-US')}`,
    title: dateline(kind, day),
    facts: counted(all.length, 'paper'),
    list: all.slice(0, 3).map(({ title }) => sciencePlain(cutAtWord(title, longest))),
  }
}
