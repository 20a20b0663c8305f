/** What of a mail is forgotten after RETENTION_DAYS, and what stays. */
import { expect, it } from 'vitest'
import { fanOut } from '../../../src/deliveries/editions/fan-out.js'
import { forgetDetails } from '../../../src/deliveries/reports/retention.js'
import { editionReport } from '../../../src/deliveries/reports/report.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { tidy } from '../../../src/jobs/tidy.js'
import { acceptedBy, addEdition, addReaders, refusedWith, scriptedParts } from '../../support/ledger.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()
const noSource = { name: 'none', day: async () => ({ papers: [], skipped: [] }) }
const dayMs = 86_400_000
const sendAt = new Date('2026-05-06T06:00:00Z')
const nextDay = new Date(sendAt.getTime() + dayMs)

const counts = async () => ({
  tries: await db.models.attempt.count(),
  settles: await db.models.batchSettle.count(),
})

async function send(at: Date): Promise<number> {
  const parts = scriptedParts(
    db,
    () => at,
    (to) => (to.startsWith('r3@') ? refusedWith(550, '5.1.1') : acceptedBy('one')),
  )
  const edition = await addEdition(db, { sendAt: at })
  await fanOut(parts.services, edition)
  await sendEdition(parts, edition)
  return edition
}

it('forgets tries and settles of old editions alone, and no figure of them', async () => {
  await addReaders(db, 40)
  const first = await send(sendAt)
  const afterFirst = await counts()
  expect(afterFirst.tries).toBe(1)
  const second = await send(nextDay)
  const both = await counts()
  const reports = async () => [await editionReport(db, first), await editionReport(db, second)]
  const before = await reports()
  const owed = () => db.sql('SELECT id, status, settled_at::date FROM mail_owed ORDER BY id')
  const mails = await owed()
  expect(mails).toHaveLength(80)

  expect(await forgetDetails(db, sendAt)).toBe(0)
  const gone = await forgetDetails(db, nextDay)
  expect(gone).toBe(afterFirst.tries + afterFirst.settles)
  expect(await counts()).toEqual({
    tries: both.tries - afterFirst.tries,
    settles: both.settles - afterFirst.settles,
  })
  expect(await reports()).toEqual(before)
  expect(await owed()).toEqual(mails)
})

it('keeps them for RETENTION_DAYS', async () => {
  const kept = await counts()
  const tidyAfter = async (days: number) => {
    const services = await testServices(db, { RETENTION_DAYS: '30' })
    await tidy({
      ...services,
      source: noSource,
      clock: { now: () => new Date(nextDay.getTime() + days * dayMs) },
    })
    return counts()
  }
  expect(await tidyAfter(29)).toEqual(kept)
  expect(await tidyAfter(31)).toEqual({ tries: 0, settles: 0 })
})
