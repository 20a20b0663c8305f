/** Readers of one batch get as much of each paper as each of them chose. */
import { describe, expect, it } from 'vitest'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { compileEdition } from '../../../src/editions/compiling/compile.js'
import { parseMail } from '../../../src/mail/message/parse.js'
import { addEdition, addReaders } from '../../support/ledger.js'
import { startRelay } from '../../support/relay-stand-in.js'
import { testServices } from '../../support/services.js'
import { editionOf, shownPapers } from '../../support/shown-papers.js'
import { spokenText, wordsIn } from '../../support/spoken.js'
import { testDatabase } from '../../support/test-database.js'

const papers = shownPapers(10)
const compiled = await compileEdition(editionOf(papers, { publicUrl: 'http://papers.test' }))

describe('an edition', async () => {
  const { db } = await testDatabase()

  async function sentTo(mail: typeof compiled) {
    const details = ['full', 'short', 'titles']
    const ids = await addReaders(db, 3, { prefix: `d${Math.random().toString(36).slice(2)}` })
    for (const [at, detail] of details.entries())
      await db.sql('UPDATE subscriber SET detail = $2 WHERE id = $1', [ids[at], detail])
    const editionId = await addEdition(db, { sendAt: new Date('2026-07-22T06:00:00Z'), compiled: mail })
    const relay = await startRelay()
    const services = await testServices(db, { MAIL_URL: relay.url })
    await sendEdition(sendingParts(services), editionId)
    await services.close()
    await relay.close()
    const rows = await db.sql<{ id: number; email: string }>('SELECT id, email FROM subscriber')
    const received = new Map(relay.received.map(({ to, message }) => [to, message]))
    return Promise.all(
      ids.map(async (id) => {
        const email = rows.find((row) => row.id === id)?.email ?? ''
        return parseMail(received.get(email) ?? '')
      }),
    )
  }

  it('tells each reader as much as they chose, with all papers in one order', async () => {
    const [full, short, titles] = await sentTo(compiled)
    const told = 'prunes tool outputs directly inside the agent'
    expect(full?.html).toContain('class="card lead"')
    expect(short?.html).not.toContain('class="card lead"')
    expect(short?.text.replaceAll(/\s+/g, ' ')).toContain(told)
    expect(titles?.text.replaceAll(/\s+/g, ' ')).not.toContain(told)
    for (const mail of [full, short, titles]) {
      const places = papers.map(({ id }) => mail?.html.indexOf(`/papers/${id}"`) ?? -1)
      expect(places.every((place) => place > 0)).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(mail?.text).toContain('Unsubscribe:')
    }
    const words = [titles, full].map((mail) => wordsIn(spokenText(mail?.text ?? '')))
    // Titles alone are read aloud in a minute, half of what the whole may take.
    expect(words[0]).toBeLessThanOrEqual(150)
    expect(words[0]).toBeLessThan(words[1]! * 0.6)
  })

  it('goes out whole where it was frozen before there was less', async () => {
    const { shorter: _, ...older } = compiled
    const mails = await sentTo(older)
    for (const mail of mails) expect(mail.html).toContain('class="card lead"')
  })
})
