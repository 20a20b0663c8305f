/** Candidates for an edition, invented for tests. */
import type { Candidate } from '../../src/papers/paper.js'

const words =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma'.split(' ')

/** A candidate with usual facts; titles and abstracts of two differ unless they are given. */
export function candidate(id: string, fields: Partial<Candidate> = {}): Candidate {
  const own = Array.from(id)
    .map((letter) => words[(letter.codePointAt(0) ?? 0) % words.length])
    .join(' ')
  return {
    id,
    title: `${id} ${own}`,
    abstract: `On ${id}: ${own}, ${own} and ${id}.`,
    summary: null,
    authors: ['Ada Lovelace'],
    authorCount: 1,
    organisation: null,
    submitter: null,
    keywords: [],
    codeUrl: null,
    projectUrl: null,
    publishedAt: new Date('2026-07-19T00:00:00Z'),
    listedAt: new Date('2026-07-20T00:00:00Z'),
    votes: 10,
    comments: 1,
    stars: null,
    authorTalks: false,
    listedOn: ['2026-07-20'],
    lateFor: null,
    snapshots: [],
    withdrawn: false,
    html: null,
    picture: null,
    ...fields,
  }
}
