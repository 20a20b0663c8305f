/** A paper as the public API gives it. */
import { type Static, Type } from 'typebox'
import { day, instant, orNull } from '../../contract/json-schemas.js'
import { arxivId, paperLinks } from '../../../papers/arxiv-id.js'
import type { KeptPaper } from '../../../papers/reads.js'
import { shortOf } from '../../../papers/short/short.js'
import { paperPath } from '../queries/paper-view.js'

const url = Type.String({ format: 'uri' })
export const paperSchema = Type.Object(
  {
    id: Type.String({ description: 'arXiv id without version', examples: ['2608.10000'] }),
    title: Type.String(),
    abstract: Type.String(),
    summary: orNull(Type.String({ description: 'A sentence or two, as the source has them' })),
    short: Type.String({ description: 'What it does, in a sentence or two' }),
    authors: Type.Array(Type.String()),
    authorCount: Type.Integer({ description: 'May be more than are named' }),
    organisation: orNull(Type.String()),
    keywords: Type.Array(Type.String()),
    publishedAt: orNull(instant),
    listedOn: Type.Array(day, { description: 'Days on whose list it stood' }),
    votes: Type.Integer(),
    comments: Type.Integer(),
    stars: orNull(Type.Integer({ description: 'Of its code' })),
    url: Type.String({ format: 'uri', description: 'Its page here' }),
    arxivUrl: orNull(url),
    pdfUrl: orNull(url),
    codeUrl: orNull(url),
    projectUrl: orNull(url),
  },
  { description: 'A paper' },
)

export type ApiPaper = Static<typeof paperSchema>

export function apiPaper(paper: KeptPaper, publicUrl: string): ApiPaper {
  const links = arxivId(paper.id) ? paperLinks(paper.id) : null
  return {
    id: paper.id,
    title: paper.title,
    abstract: paper.abstract,
    summary: paper.summary,
    short: shortOf(paper),
    authors: paper.authors,
    authorCount: paper.authorCount,
    organisation: paper.organisation,
    keywords: paper.keywords,
    publishedAt: paper.publishedAt?.toISOString() ?? null,
    listedOn: paper.listedOn,
    votes: paper.votes,
    comments: paper.comments,
    stars: paper.stars,
    url: publicUrl + paperPath(paper.id),
    arxivUrl: links?.abs ?? null,
    pdfUrl: links?.pdf ?? null,
    codeUrl: paper.codeUrl,
    projectUrl: paper.projectUrl,
  }
}
