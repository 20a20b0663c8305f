/** Entries as the Hub lists them, invented for tests. */

type EntryFields = {
  title?: string
  abstract?: string
  votes?: number
  comments?: number
  stars?: number
  organisation?: string
  submitter?: string
  listedAt?: string
  authors?: string[]
  code?: string
  authorTalks?: boolean
}

/** An entry of the Hub's daily list; what is not given is absent, but for title, votes and comments. */
export function hubEntry(id: string, fields: EntryFields = {}): { paper: { id: string } } {
  const paper = {
    id,
    title: fields.title ?? `Paper ${id}`,
    summary: fields.abstract ?? `What ${id} is about.`,
    authors: (fields.authors ?? ['Ada Lovelace', 'Alan Turing']).map((name) => ({ name, hidden: false })),
    publishedAt: '2026-07-18T00:00:00.000Z',
    upvotes: fields.votes ?? 10,
    ...(fields.listedAt ? { submittedOnDailyAt: fields.listedAt } : {}),
    ...(fields.stars === undefined ? {} : { githubStars: fields.stars }),
    ...(fields.code ? { githubRepo: fields.code } : {}),
    ...(fields.organisation ? { organization: { fullname: fields.organisation } } : {}),
    ...(fields.submitter ? { submittedOnDailyBy: { user: fields.submitter } } : {}),
  }
  return { paper, numComments: fields.comments ?? 1, isAuthorParticipating: fields.authorTalks ?? false } as {
    paper: { id: string }
  }
}
