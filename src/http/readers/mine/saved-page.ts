/** What the page of the reading list shows. */
import type { FastifyReply } from 'fastify'
import { utcDay } from '../../../clock.js'
import { longDay } from '../../../format/readable.js'
import { papersById } from '../../../papers/by-ids.js'
import type { Services } from '../../../services.js'
import { readList } from '../../../subscribers/feedback/reading-list.js'
import { savedPapers } from '../../../subscribers/feedback/saved.js'
import { paperView } from '../../public/queries/paper-view.js'
import { showPage } from '../step/step.js'

/** Nobody reads more on one page. */
const most = 500

export async function showSaved(
  services: Services,
  reply: FastifyReply,
  id: number,
  done = '',
): Promise<FastifyReply> {
  const { db, secrets, config } = services
  const saved = await savedPapers(db, id, most)
  const papers = await papersById(
    db,
    saved.map(({ paperId }) => paperId),
  )
  const when = new Map(saved.map((one) => [one.paperId, one]))
  const { reminder, feedToken } = await readList(db, secrets, id)
  return showPage(services, reply, 'pages/reader/saved.eta', {
    title: 'What you saved',
    done,
    papers: papers.map((paper) => ({
      ...paperView(paper),
      savedOn: longDay(utcDay(when.get(paper.id)?.savedAt ?? services.clock.now())),
      answer: when.get(paper.id)?.answer ?? 'none',
    })),
    reminder,
    feed: feedToken && `${config.publicUrl}/saved/${feedToken}/feed.xml`,
  })
}
