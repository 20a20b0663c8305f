/** A whole life that leaves its address wherever it can, then an erasing: afterwards it stands nowhere. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimMailable } from '../../src/deliveries/claim/claim-mailable.js'
import { settle } from '../../src/deliveries/settle/settle.js'
import { verifyAudit, writeAudit } from '../../src/operations/audit.js'
import { sendTest } from '../../src/operations/editions/test-send.js'
import { sendingParts } from '../../src/deliveries/sender/create-sender.js'
import { runWaitedLane } from '../../src/deliveries/lanes/lanes.js'
import { addExamples } from '../../src/subscribers/interests/examples.js'
import { compileEdition } from '../../src/editions/compiling/compile.js'
import { preferencesUrl } from '../../src/subscribers/links.js'
import { writtenText } from '../../src/subscribers/leaving/traces.js'
import { adminServer, author, type Call } from '../support/admin-services.js'
import { addEdition } from '../support/ledger.js'
import { mailedToken } from '../support/readers.js'
import { editionOf, shownPapers } from '../support/shown-papers.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

let server: Awaited<ReturnType<typeof adminServer>>
let call: Call
beforeAll(async () => {
  server = await adminServer()
  call = server.call
})
afterAll(() => server.app.close())

const first = 'ada.first@life.example'
const email = 'ada@life.example'
const neighbour = 'bada@life.example'

const post = (url: string, fields: Record<string, string>, cookie = '') =>
  server.app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
  })

async function reader(address: string) {
  const { services, app } = server
  await app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email: address } })
  await post(`/confirm/${await mailedToken(services, address)}`, {})
  const [row] = await services.db.sql<{ id: number }>('SELECT id FROM subscriber WHERE email = $1', [address])
  const id = row?.id ?? 0
  const open = async () => {
    const [now] = await services.db.sql<{ epoch: number }>('SELECT epoch FROM subscriber WHERE id = $1', [id])
    const token = { id, epoch: now?.epoch ?? 0 }
    const link = preferencesUrl(services.secrets, 'http://papers.test', token, services.clock.now())
    const answer = await app.inject(new URL(link).pathname)
    return String(answer.headers['set-cookie']).split(';')[0] ?? ''
  }
  return { id, open }
}

/** Every row of every table and every file of the data folder that has the text. */
async function traces(text: string): Promise<string[]> {
  const { db, config } = server.services
  const tables = await db.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await db.sql<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`)
    found.push(
      ...rows.filter(({ row }) => row.toLowerCase().includes(text)).map(({ row }) => `${name}: ${row}`),
    )
  }
  for (const entry of await readdir(config.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = await readFile(join(entry.parentPath, entry.name), 'utf8')
    if (
      content
        .replaceAll(/=\r?\n/g, '')
        .toLowerCase()
        .includes(text)
    )
      found.push(entry.name)
  }
  return found
}

describe('an address', { timeout: 120_000 }, () => {
  it('that was erased stands nowhere, and nothing that comes later writes it back', async () => {
    const { services, clock } = server
    const { db } = services
    const parts = sendingParts(services)
    const ada = await reader(first)
    const other = await reader(neighbour)
    // What others say of it: where they came from, what they read with, what they follow, how they call their calls.
    const naming = { source: `sent by ${email}`, 'user-agent': `curl (+${email})` }
    const { source } = naming
    await server.app.inject({
      method: 'POST',
      url: '/api/v1/subscribers',
      payload: { email: 'grace@life.example', source },
      headers: { 'user-agent': naming['user-agent'] },
    })
    const named = { 'idempotency-key': `add-kurt-for-${email}` }
    const body = { email: 'kurt@life.example', confirm: false, source }
    const added = await call('POST', '/subscribers', { body, headers: named })
    const again = await call('POST', '/subscribers', { body, headers: named })
    expect([added.statusCode, again.json()]).toEqual([201, added.json()])
    await call('POST', '/imports', {
      body: `email,source\nalan@life.example,${source}\n`,
      headers: { 'content-type': 'text/csv' },
    })
    await db.transaction('request', (tx) =>
      addExamples(tx, clock, other.id, [{ key: 'x', label: `By ${email}`, words: `By ${email}` }]),
    )
    expect(await traces(email)).toEqual(await traces(neighbour))
    // What there was before these were masked.
    await db.sql(`UPDATE subscriber SET source = $1 WHERE id = $2`, [source, other.id])
    await db.sql(`UPDATE token SET payload = $1 WHERE subscriber_id = $2`, [
      JSON.stringify({ source }),
      other.id,
    ])
    await db.sql(`UPDATE consent SET user_agent = $1 WHERE subscriber_id = $2`, [source, other.id])
    await db.sql(`UPDATE interest SET words = $1`, [source])
    expect(await traces(source)).toHaveLength(5)
    clock.forward(86_400)
    const edition = await addEdition(db, {
      sendAt: clock.now(),
      compiled: await compileEdition(editionOf(shownPapers(3))),
    })
    const [{ period } = { period: '' }] = await db.sql<{ period: string }>(
      'SELECT period FROM edition WHERE id = $1',
      [edition],
    )
    await post('/preferences', { action: 'change-address', email }, await ada.open())
    await post(`/confirm/${await mailedToken(services, email)}`, {})
    await sendTest(parts, period, email, author)
    await sendTest(parts, period, first, author)
    // What was there before reasons were masked, and what is masked now.
    const asked = { ...author, why: `asked by ${email}` }
    await db.transaction('request', (tx) => writeAudit(tx, clock, asked, { action: 'x', target: 'y' }))
    expect(await traces(`asked by ${email}`)).toEqual([])
    await db.sql(
      `INSERT INTO audit (id, at, who, action, target, after, why, previous, hash)
       VALUES (0, now(), 'cli', 'old', 'subscriber:1', $1, $2, '', '')`,
      [JSON.stringify({ note: `of ${email}` }), `${first} wrote to us, not ${neighbour}`],
    )
    const bounce = `Final-Recipient: rfc822; ${email.toUpperCase()}\r\n`
    await db.sql(
      `INSERT INTO inbound_mail (fingerprint, via, received_at, raw, size, sent_to) VALUES ($1, 'lmtp', now(), $1, 9, $2)`,
      [Buffer.from(bounce), [`bounce+token@b.example`, email]],
    )
    await db.sql(`UPDATE edition SET reason = $1`, [`held for ${email.toUpperCase()}`])
    await db.sql(`INSERT INTO consent (subscriber_id, action, detail) VALUES ($1, 'unsubscribe', $2)`, [
      other.id,
      JSON.stringify({ reason: `write to ${email}` }),
    ])
    clock.forward(86_400)
    const stop = new AbortController()
    const lane = runWaitedLane(parts, stop.signal)
    await expect
      .poll(() => db.sql('SELECT 1 FROM delivery WHERE settled_at IS NULL'), { timeout: 60_000 })
      .toEqual([])
    stop.abort()
    await lane
    // One mail to them is on the wire, and another reader waits for a click in a third.
    await post('/preferences', { action: 'change-address', email: first }, await other.open())
    clock.forward(3700)
    await server.app.inject({ method: 'POST', url: '/api/v1/subscribers', payload: { email } })
    const { claimed } = await claimMailable(services, {
      editionId: null,
      limit: 100,
      now: clock.now(),
      leaseMs: 60_000,
    })
    expect(claimed.map(({ address }) => address).toSorted()).toEqual([first, email].toSorted())
    expect((await traces(email)).length).toBeGreaterThan(5)
    expect((await traces(first)).length).toBeGreaterThan(3)
    const kept = (await traces(neighbour)).length

    const path = `/subscribers/${ada.id}?reason=${encodeURIComponent(`a call from ${email}`)}`
    const erased = await call('DELETE', path)
    expect(erased.statusCode).toBeLessThan(300)
    const settlements = claimed.map((delivery) => ({
      delivery,
      status: 'rejected' as const,
      dueAt: null,
      at: clock.now(),
      outcome: 'rejected' as const,
      refusal: 'hard' as const,
      relay: 'r',
      code: 550,
      enhanced: '5.1.1',
      reply: `550 5.1.1 <${delivery.address}>: no such user`,
      reason: 'hard',
      durationMs: 1,
    }))
    await settle(db, settlements, parts.afterRefusal)
    await sendTest(parts, period, email, author).catch(() => null)
    await post('/preferences', { action: 'change-address', email }, await other.open())

    // What has the neighbour's longer address has this one's letters too.
    expect(await traces(email)).toEqual(await traces(neighbour))
    expect(await traces(first)).toEqual([])
    expect((await traces(neighbour)).length).toBeGreaterThanOrEqual(kept)
    expect(await db.sql('SELECT raw, sent_to FROM inbound_mail')).toEqual([{ raw: null, sent_to: [] }])
    const verdict = await verifyAudit(db)
    expect(verdict.brokenAt).toBeNull()
    expect(verdict.redacted).toHaveLength(1)
    await expect(db.sql(`UPDATE audit SET why = 'no' WHERE id = $1`, verdict.redacted)).rejects.toThrow(
      'the audit log only grows',
    )
    await db.sql('ALTER TABLE audit DISABLE TRIGGER USER')
    await db.sql(`UPDATE audit SET why = 'no' WHERE id = $1`, verdict.redacted)
    expect((await verifyAudit(db)).brokenAt).toBe(verdict.redacted[0])
  })

  it('may stand only in columns that erasing knows', async () => {
    const columns = await server.services.db.sql<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns JOIN information_schema.tables t
         USING (table_schema, table_name)
       WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' AND data_type IN ('text', 'json', 'jsonb', 'ARRAY')
       ORDER BY 1`,
    )
    const swept = new Set(writtenText.map((place) => place.join('.')))
    const unknown = columns.map(({ name }) => name).filter((name) => !swept.has(name) && !known.test(name))
    expect(unknown).toEqual([])
  })
})

/** What goes with its reader or is emptied by address, what the audit log redacts, and what holds no person's words. */
const known = new RegExp(
  `^(${[
    '(delivery|attempt|audit|feedback|reading_list)\\.\\w+',
    'subscriber\\.(email|email_key|domain|status|frequency|detail|timezone)',
    'token\\.kind',
    'consent\\.(action|ip|text)',
    'interest\\.(kind|key)',
    'suppression\\.(email_key|reason)',
    // The world's words, and what was made of them.
    '(paper|paper_vector|picture|picture_offer|listing|snapshot|search_word|arxiv_answer|edition_paper|_prisma_migrations)\\.\\w+',
    'edition\\.(kind|period|status|subject|preheader|papers|compiled|weights|totals)',
    // Readers by their number, sums, and what relays said, without addresses.
    'batch\\.(readers|reason|status)',
    '(edition_pool|personal_order)\\.\\w+',
    'batch_settle\\.(ends|places|relay|reply)',
    'edition_domain\\.domain',
    '(relay_hour|subscriber_sum)\\.\\w+',
    'curation\\.(paper_id|action|by)',
    'look\\.(source|outcome)',
    'source_turn\\.source',
    // Settings are an operator\\'s own, as are their keys and webhooks.
    'setting\\.\\w+',
    'webhook\\.\\w+',
    // Readers by their number; what a webhook did not take is told with its host alone.
    '(event|event_send|measured_hit|measured_edition)\\.\\w+',
    'api_key\\.(id|scopes|replaces)',
    'admin_session\\.\\w+',
    'idempotent_call\\.(holder|key)',
    'alert\\.kind',
    'inbound_mail\\.(event_id|kind|state|via|sent_to)',
    'verdict\\.(class|domain|effect|event_id|kind|status|status_before|undone_by)',
    'alert_send\\.status',
    'import_run\\.(status|who|reading)',
    '(worker|job)\\.name',
    // Of a machine before the service.
    'unnamed_proxy\\.peer',
    'throttle\\.(scope|key)',
    'signup_(count|guard)\\.\\w+',
  ].join('|')})$`,
)
