/** Sign-ups, confirmations, leavings and returns of one address, all at once and over HTTP, by two servers. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db, openDb } from '../../../src/db/client.js'
import { silentLog } from '../../../src/log.js'
import type { Services } from '../../../src/services.js'
import { unsubscribeUrl } from '../../../src/subscribers/links.js'
import { openToken } from '../../../src/subscribers/tokens.js'
import { buildServer } from '../../../src/http/server.js'
import { boundless, owedTo, statusOf } from '../../support/readers.js'
import { testServices } from '../../support/services.js'
import { testDatabase } from '../../support/test-database.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

const email = 'busy@example.org'
const arrows = ['pending active', 'pending unsubscribed', 'active unsubscribed', 'unsubscribed active']

let db: Db
let other: Db
let services: Services
let servers: FastifyInstance[]
let urls: string[]

beforeAll(async () => {
  const database = await testDatabase()
  db = database.db
  other = openDb(database.url, silentLog)
  const withoutBounds = async (on: Db) => ({ ...(await testServices(on)), limits: boundless })
  services = await withoutBounds(db)
  servers = [await buildServer(services), await buildServer(await withoutBounds(other))]
  urls = await Promise.all(servers.map((server) => server.listen({ host: '127.0.0.1', port: 0 })))
  // Every status that the address ever had, in order.
  await db.sql('CREATE TABLE seen (id serial PRIMARY KEY, old text, new text)')
  await db.sql(`CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO seen (old, new) VALUES (OLD.status, NEW.status); RETURN NULL; END $$`)
  await db.sql(`CREATE TRIGGER see AFTER UPDATE OF status ON subscriber FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION see()`)
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await other.close()
})

async function call(i: number, path: string, body: string, type = 'application/x-www-form-urlencoded') {
  const answer = await fetch(`${urls[i % urls.length]}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  })
  await answer.arrayBuffer()
  return answer.status
}

const signUp = (i: number) => call(i, '/api/v1/subscribers', JSON.stringify({ email }), 'application/json')

/** The path that the newest confirmation leads to. */
async function newestLink(): Promise<string> {
  const newest = (await owedTo(db, email)).findLast((row) => row.kind === 'confirmation')
  const token = newest && 'token' in newest.payload && openToken(services.secrets, newest.payload.token)
  return `/confirm/${token}`
}

describe('a hundred calls at once for one address', () => {
  it('move it along the arrows alone, lose nothing and never fail', { timeout: 120_000 }, async () => {
    expect(await signUp(0)).toBe(202)
    const [row] = await db.sql<{ id: number }>('SELECT id FROM subscriber')
    const leave = new URL(unsubscribeUrl(services.secrets, 'http://papers.test', row?.id ?? 0)).pathname
    let link = await newestLink()
    const kinds: Record<string, (i: number) => Promise<number>> = {
      confirm: (i) => call(i, link, ''),
      signUp,
      leave: (i) => call(i, leave, 'List-Unsubscribe=One-Click'),
      return: (i) => call(i, leave, 'action=resubscribe'),
    }
    const names = Object.keys(kinds)
    const statuses: Record<string, number[]> = { signUp: [202], confirm: [], leave: [], return: [] }
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const name = names[i % names.length] as string
          const status = await kinds[name]?.(i >> 2)
          statuses[name]?.push(status ?? 0)
        }),
      )
      // Whatever came of it, one who signs up and confirms is in; so the next hundred meet a reader.
      await signUp(round)
      link = await newestLink()
      if ((await statusOf(db, email)) !== 'active') await call(round, link, '')
      expect(await statusOf(db, email)).toBe('active')
    }
    expect(new Set(statuses['signUp'])).toEqual(new Set([202]))
    expect(new Set(statuses['leave'])).toEqual(new Set([200]))
    for (const status of statuses['confirm'] ?? []) expect([200, 410]).toContain(status)
    for (const status of statuses['return'] ?? []) expect([200, 410]).toContain(status)

    const seen = await db.sql<{ old: string; new: string }>('SELECT old, new FROM seen ORDER BY id')
    expect(seen.map((step) => `${step.old} ${step.new}`).filter((step) => !arrows.includes(step))).toEqual([])
    // Each step begins where the one before it ended.
    expect(seen.map((step) => step.old)).toEqual(['pending', ...seen.slice(0, -1).map((step) => step.new)])
    expect(await statusOf(db, email)).toBe(seen.at(-1)?.new)
    expect(seen.length).toBeGreaterThan(3)

    // Each sign-up left its evidence and its mail, each way in its welcome, each way out its evidence.
    const count = async (text: string) =>
      (await db.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${text}`))[0]?.n
    expect(await count(`consent WHERE action = 'signup'`)).toBe(79)
    expect(await count(`delivery WHERE payload->>'about' = 'signup'`)).toBe(79)
    const into = seen.filter((step) => step.new === 'active').length
    const confirmed = await count(`consent WHERE action = 'confirm'`)
    expect(await count(`delivery WHERE kind = 'welcome'`)).toBe(confirmed)
    expect((confirmed ?? 0) + ((await count(`consent WHERE action = 'resubscribe'`)) ?? 0)).toBe(into)
    expect(await count(`consent WHERE action = 'unsubscribe'`)).toBe(
      seen.filter((step) => step.new === 'unsubscribed').length,
    )
    expect(await count('subscriber')).toBe(1)
    expect(await count('token WHERE used_at IS NULL AND replaced_at IS NULL')).toBeLessThanOrEqual(1)
  })
})
