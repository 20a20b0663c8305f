/** The pages of editions: the list, one of them, and its deliveries. */
import { editionReport } from '../../../deliveries/reports/report.js'
import { type Edition, type EditionFilter, listEditions } from '../../../editions/store.js'
import { mayMove } from '../../../editions/transitions.js'
import { decodeCursor, pageOf } from '../../../format/cursor.js'
import { dryRun } from '../../../operations/editions/audience.js'
import { listDeliveries } from '../../../operations/editions/deliveries.js'
import { findEdition } from '../../../operations/editions/find.js'
import { previewedReader, previewFor } from '../../../operations/editions/preview.js'
import type { Queries } from '../../../db/client.js'
import { Problem } from '../../../errors.js'
import type { SubscriberRow } from '../../../operations/subscribers/list.js'
import { findSubscriber, readSubscriber } from '../../../operations/subscribers/read.js'
import type { Services } from '../../../services.js'
import { progressOf } from '../parts/progress.js'
import { withSteps } from '../parts/steps.js'
import { type DashboardPage, filled, pageSize } from '../parts/page.js'

const scope = 'editions:read'

/** The reader with this address or number; null for whoever is not known. */
async function readerAsked(db: Queries, text: string): Promise<SubscriberRow | null> {
  try {
    const isNumber = /^\d{1,9}$/.test(text)
    return await (isNumber ? readSubscriber(db, Number(text)) : findSubscriber(db, text))
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** The mail as text, or why there is none for this reader. */
async function textOf(services: Services, edition: Edition, readerId: number | undefined): Promise<string> {
  try {
    return await previewFor(services, edition, 'text', readerId)
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

export const editionPages: DashboardPage[] = [
  {
    path: '/editions',
    title: 'Editions',
    template: 'editions',
    scope,
    load: async ({ db }, asked) => {
      const [day, id] = asked.cursor ? decodeCursor(asked.cursor, 'day', 'int') : []
      const after = day && id ? { after: { day, id: Number(id) } } : {}
      const filter = filled(asked, 'kind', 'status') as Pick<EditionFilter, 'kind' | 'status'>
      const rows = await listEditions(db, { ...filter, ...after, limit: pageSize + 1 })
      return pageOf(rows, pageSize, (row) => [row.day, row.id])
    },
  },
  {
    path: '/editions/:period',
    title: 'Edition',
    template: 'edition',
    scope,
    within: '/editions',
    load: async (services, { period, reader }, may, author) => {
      const { db, clock } = services
      const edition = await findEdition(db, period)
      const asOne = reader && may('subscribers:read') ? await readerAsked(db, reader) : null
      if (asOne && edition.papers) await previewedReader(services, edition, asOne.id, author)
      const report = edition.fannedOutAt ? await editionReport(db, edition.id) : null
      return {
        edition: withSteps(edition, clock.now()),
        schedulable: !edition.fannedOutAt && mayMove(edition.status, 'schedule'),
        progress: await progressOf(db, edition, clock.now(), report?.byStatus),
        reader: asOne,
        unknownReader: Boolean(reader) && !asOne,
        dry: edition.fannedOutAt ? null : await dryRun(services, edition),
        report,
        mailText: edition.papers ? await textOf(services, edition, asOne?.id) : null,
      }
    },
  },
  {
    path: '/editions/:period/deliveries',
    title: 'Deliveries',
    template: 'deliveries',
    scope,
    within: '/editions',
    load: async ({ db }, asked) => {
      const edition = await findEdition(db, asked.period)
      const { code, ...filter } = filled(asked, 'status', 'domain', 'code', 'cursor')
      const found = { ...filter, ...(code ? { code: Number(code) } : {}), limit: pageSize }
      return { edition, ...(await listDeliveries(db, edition.id, found)) }
    },
  },
]
