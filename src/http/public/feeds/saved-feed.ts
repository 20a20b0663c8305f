/** What one reader saved, as an Atom feed (RFC 4287) that names nobody. */
import { Feed } from 'feed'
import type { KeptPaper } from '../../../papers/reads.js'
import type { Services } from '../../../services.js'
import { atomOf, paperItem } from './feeds.js'

/** @param saved - when each was saved. */
export function savedFeed(
  { config, clock }: Pick<Services, 'config' | 'clock'>,
  papers: readonly KeptPaper[],
  saved: readonly { paperId: string; savedAt: Date }[],
): string {
  const { publicUrl, publication } = config
  const when = new Map(saved.map(({ paperId, savedAt }) => [paperId, savedAt]))
  const feed = new Feed({
    // Not the feed's own address, which is a secret.
    id: `${publicUrl}/saved`,
    link: `${publicUrl}/`,
    title: `${publication}: saved`,
    description: 'Papers to read',
    language: 'en',
    generator: false,
    updated: saved[0]?.savedAt ?? clock.now(),
    author: { name: publication, link: `${publicUrl}/` },
  })
  for (const paper of papers) {
    const at = when.get(paper.id) ?? clock.now()
    feed.addItem({ ...paperItem(paper, publicUrl, at), date: at })
  }
  return atomOf(feed)
}
