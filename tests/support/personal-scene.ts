/** Days, readers with interests and mails of personal editions, over real SMTP. */
import { afterAll, beforeAll, expect } from 'vitest'
import type { Db } from '../../src/db/client.js'
import { sendEdition } from '../../src/deliveries/sender/send-edition.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { buildEdition } from '../../src/editions/building/build.js'
import { buildServer } from '../../src/http/server.js'
import { parseMail } from '../../src/mail/message/parse.js'
import type { Services } from '../../src/services.js'
import { foundPaper, keepPapers } from './kept-papers.js'
import { startRelay } from './relay-stand-in.js'
import { stoppedClock, testServices } from './services.js'
import { testDatabase } from './test-database.js'

const subjects = ['proteins', 'robots', 'speech', 'graphs', 'weather', 'music']
const words: Record<string, string> = {
  proteins: 'protein folding residues enzyme binding',
  robots: 'robot grasping manipulation actuator locomotion',
  speech: 'speech acoustic phoneme speaker prosody',
  graphs: 'graph spectral laplacian community clique',
  weather: 'weather storm rainfall pressure forecast',
  music: 'music melody harmony chord rhythm',
}

/** Nobody else's, so that papers of one subject are no near-duplicates. */
const ownWords = (name: string) =>
  Array.from({ length: 20 }, (_, i) => `x${name.replace('-', 'y')}z${i}`).join(' ')

/** Twelve papers of a day, two of each subject; the first six have the most votes. */
export const papersOf = (day: string) =>
  Array.from({ length: 12 }, (_, i) => {
    const subject = subjects[i % 6]!
    const parts = words[subject]!.split(' ')
    return foundPaper({
      id: `2608.${day.slice(8)}0${String(i).padStart(2, '0')}`,
      title: `${parts[i % 5]} and ${parts[(i + 2) % 5]} in ${day.slice(8)} ways, part ${'abcdefghijkl'[i]}${i}`,
      abstract: `On ${words[subject]} of kind ${i} as of ${day}. ${ownWords(`${day.slice(5)}-${i}`)}`,
      authors: [`Author ${subject} ${i}`],
      organisation: `Institute ${i}`,
      submitter: `s${i}`,
      keywords: [`${subject} ${i} ${day}`],
      votes: 60 - 4 * i,
    })
  })

export const papersIn = (html: string) =>
  [...html.matchAll(/class="title-link" href="[^"]*\/papers\/([\d.]+)"/g)].map(([, id]) => id)

export type MailRead = { html: string; text: string; subject: string; raw: string }

export const adminKey = 'an-admin-key-for-tests-0123456789abcdef'

export async function openPersonalScene(readers: string[]) {
  const clock = stoppedClock('2026-08-04T06:00:00Z')
  const { db, url } = await testDatabase()
  const relay = await startRelay()
  const services = await testServices(
    db,
    { ADMIN_KEY: adminKey, MAIL_URL: relay.url, EDITION_SIZE: '6', CANARY_PERCENT: '0' },
    { clock },
  )
  const app = await buildServer(services)
  const ids = new Map<string, number>()
  for (const name of readers) ids.set(name, await addReader(db, name))
  return {
    clock,
    db,
    url,
    services,
    app,
    relay,
    ids,
    /** Freezes the edition of a day, with these papers or twelve of the usual kind. */
    build: (day: string, next: string, papers = papersOf(day)) =>
      build({ db, services, clock }, day, next, papers),
    mailsOf: (editionId: number) => mailsOf({ services, clock, relay }, editionId),
    interest: (name: string, n: number, kind: string, key: string, muted: boolean) =>
      db.sql(
        `INSERT INTO interest (subscriber_id, n, kind, key, label, muted, created_at) VALUES ($1, $2, $3, $4, $4, $5, now())`,
        [ids.get(name), n, kind, key, muted],
      ),
    /** Sets the operator's settings of personal editions. */
    set: (personal: object) =>
      db.sql(
        `INSERT INTO setting (name, value, updated_at) VALUES ('operator', $1, now())
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        [JSON.stringify({ personal })],
      ),
    close: async () => {
      await app.close()
      await services.close()
      await relay.close()
    },
  }
}

/** The scene of a whole file, from before its first test to after its last. */
export function personalScene(
  readers: string[],
  prepare: (scene: PersonalScene) => Promise<void>,
): PersonalScene {
  const scene = {} as PersonalScene
  beforeAll(async () => {
    Object.assign(scene, await openPersonalScene(readers))
    await prepare(scene)
  })
  afterAll(() => scene.close())
  return scene
}

export type PersonalScene = Awaited<ReturnType<typeof openPersonalScene>>

async function addReader(db: Db, name: string): Promise<number> {
  const [row] = await db.sql<{ id: number }>(
    `INSERT INTO subscriber (email, email_key, domain, status, confirmed_at)
     VALUES ($1, $1, 'example.org', 'active', '2026-07-01') RETURNING id`,
    [`${name}@example.org`],
  )
  return row?.id ?? 0
}

type Clock = ReturnType<typeof stoppedClock>

async function build(
  { db, services, clock }: { db: Db; services: Services; clock: Clock },
  day: string,
  next: string,
  papers: ReturnType<typeof papersOf>,
): Promise<number> {
  await keepPapers(db, day, papers)
  clock.set(`${next}T05:00:00Z`)
  await db.sql(`INSERT INTO look (source, day, at, outcome, papers) VALUES ('test', $1, $2, 'ok', 12)`, [
    day,
    clock.now(),
  ])
  const { edition } = await buildEdition(services, 'daily', day)
  expect(edition.status).toBe('frozen')
  return edition.id
}

/** Sends an edition an hour later. @returns the mails by the names of their readers. */
async function mailsOf(
  {
    services,
    clock,
    relay,
  }: { services: Services; clock: Clock; relay: Awaited<ReturnType<typeof startRelay>> },
  editionId: number,
): Promise<Map<string, MailRead>> {
  const before = relay.received.length
  clock.set(new Date(clock.now().getTime() + 3_600_000).toISOString())
  const summary = await sendEdition(sendingParts(services), editionId)
  expect(summary.whole).toBe(true)
  const mails = new Map<string, MailRead>()
  for (const { to, message } of relay.received.slice(before)) {
    mails.set(to.replace('@example.org', ''), { ...(await parseMail(message)), raw: message })
  }
  return mails
}
