/** The page of one paper. */
import { type EditionOfPaper, editionsOfPaper } from '../../../editions/of-paper.js'
import { Problem } from '../../../errors.js'
import { dateline } from '../../../editions/choosing/period.js'
import { fullDay } from '../../../format/readable.js'
import { papersById } from '../../../papers/by-ids.js'
import { shortOf } from '../../../papers/short/short.js'
import { readPaper } from '../../../papers/reads.js'
import { relatedPapers } from '../../../papers/search/related.js'
import type { Services } from '../../../services.js'
import { cardPath } from '../cards/card-of.js'
import { renderPage } from '../../server/page.js'
import { cutAtWord } from '../../../format/truncate.js'
import { firstWithin } from '../../../format/within.js'
import { sciencePlain } from '../../../format/science/science.js'
import { bibtex } from '../../../papers/cite.js'
import { stampOf } from '../../readers/signup/stamp.js'
import { paperPath, paperView, searchPath } from '../queries/paper-view.js'
import { shareOf } from './share.js'
import { placeOf } from './spans.js'

/** Bytes: names of two thousand people. */
const roomForAuthors = 40_000
const mostLinks = 100
/** Characters of a reference that is shown; a longer one is a file alone. */
const longestReference = 10_000

/** @throws Problem `not-found` for a paper that is not kept. */
export async function paperPage(
  services: Pick<Services, 'config' | 'db' | 'clock' | 'secrets' | 'meaning'>,
  id: string,
): Promise<string> {
  const paper = await readPaper(services.db, id)
  if (!paper) throw new Problem('not-found', `Paper ${id} has not been on the list yet.`)
  const { db } = services
  const [editions, related] = await Promise.all([editionsOfPaper(db, id), relatedTo(services, id)])
  const view = paperView(paper, null, services.config.pictures)
  const reference = bibtex(paper, services.config.publicUrl + view.path)
  const authors = firstWithin(roomForAuthors, paper.authors, 2)
  return renderPage(services, 'pages/paper.eta', {
    title: view.titleText,
    description: sciencePlain(cutAtWord(shortOf(paper), 300)),
    path: paperPath(id),
    card: cardPath(services.config, paperPath(id)),
    share: shareOf(services.config, view.titleText, paperPath(id)),
    stamp: stampOf(services),
    paper: view,
    authors: linked(authors),
    moreAuthors: paper.authors.length - authors.length,
    keywords: linked(paper.keywords),
    bibtex: reference.length > longestReference ? null : reference,
    editions: editions.slice(0, mostLinks).map(editionLink),
    related: related.map((other) => paperView(other)),
    listedOn: paper.listedOn
      .slice(-mostLinks)
      .map((day) => ({ path: `/papers/${day}`, label: fullDay(day) })),
  })
}

const mostRelated = 5

/** The nearest in meaning, where a model knows the paper; otherwise those that share its rarer words. */
async function relatedTo({ db, meaning }: Pick<Services, 'db' | 'meaning'>, id: string) {
  const nearest = meaning ? await meaning.ofPaper(db, id, mostRelated).catch(() => []) : []
  return nearest.length > 0 ? papersById(db, nearest) : relatedPapers(db, id, mostRelated)
}

const editionLink = ({ kind, period, day, rank, among }: EditionOfPaper) => ({
  path: `/editions/${period}`,
  label: dateline(kind, day),
  place: placeOf(rank, among),
})

/** Each name with the search that it leads to; the last of very many lead nowhere. */
const linked = (names: readonly string[]) =>
  names.map((name, i) => ({ name, path: i < mostLinks ? searchPath({ q: name }) : null }))
