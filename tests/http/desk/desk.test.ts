import { refuseAfterwards } from '../../support/ledger.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnValues } from '../../../src/db/queries/columns.js'
import { raiseAlert } from '../../../src/operations/alerts/store.js'
import { dashboardPages } from '../../../src/http/desk/pages.js'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { findings, findingsOnScreens, withoutChromium } from '../../support/browser.js'
import { startHubStandIn } from '../../support/hub-stand-in.mjs'
import { adminServer, day, listPapers } from '../../support/admin-services.js'
import { buttonsOfTemplates, isPress } from './buttons.js'
import { type Desk, openDesk } from './desk.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

describe.skipIf(withoutChromium)('the desk in a browser', { timeout: 60_000 }, () => {
  let server: Awaited<ReturnType<typeof adminServer>>
  let hub: Awaited<ReturnType<typeof startHubStandIn>>
  let desk: Desk

  beforeAll(async () => {
    hub = await startHubStandIn()
    server = await adminServer({ PAPERS_API_URL: hub.url })
    for (const name of ['ada', 'bob', 'cy']) {
      await server.call('POST', '/subscribers', { body: { email: `${name}@example.org`, confirm: false } })
    }
    desk = await openDesk(server)
  }, 60_000)
  afterAll(async () => {
    await desk?.close()
    await hub?.close()
  })

  const edition = (period = day) => `/editions/${period}`
  const text = (selector: string) => desk.page.locator(selector).innerText()
  /** What it says, as soon as the page has come. */
  const patient = { timeout: 10_000 }
  const expectText = (selector: string) => expect.poll(() => text(selector), patient)
  const logged = async (action: string) =>
    (await server.call('GET', `/audit?action=${action}&limit=1`)).json().items[0]

  it('begins with no edition, no paper and the way to have one', async () => {
    await expectText('main').toContain('There is no edition yet')
    await desk.open('/papers')
    await desk.page.fill('#date', day)
    await desk.page.getByRole('button', { name: 'Show' }).click()
    await expectText('main').toContain('none is listed on this day')
    expect(await desk.press('Look at the source again')).toContain('empty: 0 papers')
    await listPapers(server, 5)
    await desk.open('')
    expect(await desk.press('Build it now')).toBe('Edition built.')
    expect(await desk.state()).toBe('draft')
  })

  it('orders papers by keys, by buttons and by dragging', async () => {
    const { page } = desk
    await desk.open(`/papers?date=${day}`)
    const order = () =>
      page
        .locator('[data-papers] li')
        .evaluateAll((items) => items.map((item) => item.getAttribute('data-id')?.slice(-1)).join(''))
    expect(await order()).toBe('12345')
    await page.locator('[data-id="2608.00003"] button').first().focus()
    await page.keyboard.press('Alt+ArrowUp')
    expect(await order()).toBe('13245')
    await page.keyboard.press('Alt+ArrowDown')
    await page.keyboard.press('Alt+ArrowUp')
    expect(await order()).toBe('13245')
    await page.getByRole('button', { name: /^Move down: Paper 1/ }).click()
    await page.getByRole('button', { name: /^Move up: Paper 5/ }).click()
    expect(await order()).toBe('31254')
    await page.dragAndDrop('[data-id="2608.00005"]', '[data-id="2608.00003"]')
    expect(await order()).toBe('53124')
    expect(await desk.press('Keep this order')).toBe('The order is kept.')
    expect(await order()).toBe('53124')
    await expectText('[data-papers]').not.toContain('pinned')
    await expectText('[data-papers]').not.toContain("“editor's choice”")
    expect(await desk.press('Take the order back')).toBe('The ranking orders the papers again.')
    expect(await order()).toBe('12345')
  })

  it('loses no order that is not kept yet to another button, and asks before the page is left', async () => {
    const { page } = desk
    await desk.open(`/papers?date=${day}`)
    await page.getByRole('button', { name: /^Move down: Paper 1/ }).click()
    const pinIt = page.locator('[data-id="2608.00001"]').getByRole('button', { name: 'Pin here' })
    await pinIt.click()
    await page.locator('#said', { hasText: 'The order is kept. Pinned.' }).waitFor()
    expect(await page.locator('[data-papers] li').nth(1).innerText()).toMatch(/Paper 1.*pinned/s)
    await page.getByRole('button', { name: /^Move down: Paper 3/ }).click()
    const asked = page.waitForEvent('dialog')
    const leaving = page.getByRole('link', { name: 'The day before' }).click()
    await (await asked).dismiss()
    await leaving
    expect(page.url()).toContain(`date=${day}`)
    expect(await desk.press('Keep this order')).toBe('The order is kept.')
    await page.getByRole('button', { name: /^Move down: Paper 3/ }).click()
    expect(await desk.press('Take the order back')).toBe('The ranking orders the papers again.')
    await desk.press('Unpin')
  })

  it('loses nothing that was typed to another button', async () => {
    const { page } = desk
    await desk.open(`/papers?date=${day}`)
    await page.fill('#title', 'Half a title')
    await page.fill('#abstract', 'Half of what it says')
    expect(await desk.press('Pin here')).toBe('Pinned.')
    expect([await page.inputValue('#title'), await page.inputValue('#abstract')]).toEqual([
      'Half a title',
      'Half of what it says',
    ])
    expect(await desk.press('Unpin')).toBe('Unpinned.')
  })

  it('pins, hides, lets in again, adds and edits papers, and takes words back', async () => {
    await server.services.db.sql('UPDATE paper SET votes = 2 WHERE id = $1', ['2608.00002'])
    await desk.open(`/papers?date=${day}`)
    const chosen = () => desk.page.locator('[data-papers] li').count()
    for (const [button, said, reason] of [
      ['Pin here', 'Pinned.'],
      ['Unpin', 'Unpinned.'],
      ['Hide', 'Hidden.', 'a doubt'],
      ['Show again', 'Shown again.'],
    ] as const) {
      expect(await desk.press(button, reason)).toBe(said)
    }
    expect(await chosen()).toBe(5)
    await desk.page.fill('#paper-id', '2608.00006')
    await desk.page.fill('#title', 'A paper by hand')
    await desk.page.fill('#abstract', 'What it says.')
    await desk.page.fill('#authors', 'Ada L.\n\nBob M. ')
    expect(await desk.press('Add')).toBe('The paper is added.')
    const added = (await server.call('GET', '/papers/2608.00006')).json()
    expect(added).toMatchObject({ title: 'A paper by hand', authors: ['Ada L.', 'Bob M.'] })

    await desk.page.getByRole('link', { name: 'A paper by hand' }).click()
    await desk.page.fill('#title', 'A better title')
    expect(await desk.press('Keep these words')).toBe('The words are kept.')
    await expectText('h1').toBe('A better title')
    expect(await desk.press('Keep these words')).toBe('Nothing was changed.')
    expect(await desk.press('Take the source’s words', 'a slip')).toBe('The source’s words stand again.')
  })

  it('pins what had no room, and lets in what an earlier edition had', async () => {
    const { sql } = server.services.db
    await sql(`DELETE FROM edition_paper WHERE paper_id = '2608.00004'`)
    await sql(`INSERT INTO edition (id, kind, period, day, status)
      VALUES (900, 'daily', '2026-07-31', '2026-07-31', 'cancelled')`)
    await sql(
      `INSERT INTO edition_paper (edition_id, kind, paper_id, rank) VALUES (900, 'daily', '2608.00004', 1)`,
    )
    await desk.open(`/papers?date=${day}`)
    await expectText('.left-out').toContain('had')
    expect(await desk.press('Let it in again', 'the code is out')).toBe('Let in again.')
    await server.call('PUT', `/days/${day}/order`, { body: { ids: [] } })
    for (let i = 1; i <= 9; i += 1) {
      const body = { title: `Filler ${'abcdefghi'[i - 1]} on ${'klmnopqrs'[i - 1]}`, abstract: 'Words.' }
      await server.call('POST', `/days/${day}/papers`, { body })
    }
    await desk.open(`/papers?date=${day}`)
    expect(await desk.press('Pin first')).toBe('Pinned to the first place.')
    await expectText('[data-papers] li:first-child').toContain('pinned')
    expect(await desk.press('Build the edition anew')).toBe('Edition rebuilt.')
  })

  it('steers an edition, each button once, and asks before what cannot be taken back', async () => {
    await desk.open(edition())
    for (const [button, said, reason, after] of [
      ['Build anew', 'Edition rebuilt.', undefined, 'draft'],
      ['Approve', 'Edition approved.', '', 'frozen'],
      ['Hold', 'Edition held.', 'a doubt', 'held'],
      ['Approve', 'Edition approved.', 'no doubt', 'frozen'],
      ['Pause', 'Sending is paused.', '', 'paused'],
      ['Resume', 'Sending goes on.', undefined, 'frozen'],
      ['Send now', 'The edition goes out.', '', 'frozen'],
    ] as const) {
      expect(await desk.press(button, reason), button).toBe(said)
      expect(await desk.state(), button).toBe(after)
    }
    await desk.page.locator('.progress', { hasText: 'No worker has taken it up yet' }).waitFor()
    await desk.page.fill('#sendAt', '2026-08-05T09:30')
    expect(await desk.press('Set the time')).toBe('The time is set.')
    await desk.page.fill('#to', 'me@example.org')
    expect(await desk.press('Send a test')).toContain('The test mail is accepted. The relay said: written')
    await server.call('POST', '/suppressions', { body: { email: 'no@example.org', reason: 'asked' } })
    await desk.page.fill('#to', 'no@example.org')
    expect(await desk.press('Send a test')).toBe(
      'The test mail was not sent: it is left out (suppressed: manual).',
    )
    await desk.page.getByRole('button', { name: 'Cancel the edition' }).first().click()
    await expectText('#ask-no').toBe('Keep it')
    await desk.page.locator('dialog button[value=no]').click()
    expect(await desk.state()).toBe('frozen')
    expect((await logged('edition.approved')).why).toBe('no doubt')
  })

  it('shows the mail in four ways beside each other, as one subscriber gets it', async () => {
    await desk.open(edition())
    await desk.page.fill('#reader', 'nobody@example.org')
    await desk.page.getByRole('button', { name: 'Show' }).click()
    await desk.page.locator('#reader-fault', { hasText: 'Nobody with this address is found.' }).waitFor()
    // The frames of the mails move the button until they are there, and a press that misses it does nothing.
    await desk.page.waitForLoadState('networkidle')
    await desk.page.fill('#reader', 'Ada <Ada@example.org>')
    await desk.page.getByRole('button', { name: 'Show' }).click()
    await desk.page.locator('#preview-title', { hasText: 'ada@example.org' }).waitFor()
    const frames = desk.page.locator('.previews iframe')
    expect(await frames.evaluateAll((all) => all.map((one) => one.getAttribute('src')))).toEqual([
      expect.stringContaining('scheme=light&subscriber=1'),
      expect.stringContaining('scheme=light&subscriber=1'),
      expect.stringContaining('scheme=dark&subscriber=1'),
    ])
    await frames.first().scrollIntoViewIfNeeded()
    await desk.page
      .frameLocator('.previews iframe >> nth=0')
      .getByText('Paper 1')
      .locator('visible=true')
      .first()
      .waitFor()
    await expectText('.previews pre').toContain('/unsubscribe/')
    const looks = async () => (await server.call('GET', '/audit?action=subscriber.previewed')).json().items
    await desk.page.locator('.previews figure').nth(2).scrollIntoViewIfNeeded()
    await desk.page.waitForLoadState('networkidle')
    expect(await looks()).toMatchObject([{ target: 'subscriber:1', after: { period: day } }])
    server.clock.forward(3600)
    await desk.page.reload()
    expect(await looks()).toHaveLength(2)
  })

  it('follows a send to its end, tells who did not get it, and tries again', async () => {
    const { services } = server
    await desk.open(edition())
    await desk.press('Send now', '')
    const { id } = (await server.call('GET', edition())).json()
    await sendEdition(sendingParts(services), id)
    await desk.page.locator('h1 .state.sent').waitFor()
    await expectText('.counts').toMatch(/accepted\s+3/)
    await refuseAfterwards(services.db, 3)
    await services.db.sql(`UPDATE edition SET status = 'sending' WHERE id = $1`, [id])
    await desk.open('')
    await desk.page.locator('.progress p', { hasText: '3 of 3 settled · 2 accepted' }).waitFor()
    const weekly = `INSERT INTO edition (kind, period, day, status, reason)
      VALUES ('weekly', '2026-W30', '2026-07-26', 'held', 'too few papers')`
    await services.db.sql(weekly)
    await desk.open('')
    await expectText('#others-title + dl').toMatch(/week 30 of 2026 held\s+.*too few papers/s)
    await desk.open(edition())
    await desk.page.locator('.progress p', { hasText: '3 of 3 settled' }).waitFor()
    await services.db.sql(`UPDATE edition SET status = 'sent' WHERE id = $1`, [id])
    await desk.page.locator('h1 .state.sent').waitFor()
    await desk.page.getByLabel('in doubt').check()
    await desk.page.fill('#to', 'me@example.org')
    expect(await desk.press('Send a test')).toContain('accepted')
    expect(await desk.page.inputValue('#to')).toBe('')
    expect(await desk.page.getByLabel('in doubt').isChecked()).toBe(true)
    expect(await desk.press('Retry', 'mended')).toBe('1 mail is due again.')
    await desk.page.getByRole('link', { name: 'Its deliveries' }).click()
    await desk.page.selectOption('#status', 'accepted')
    await desk.find()
    await expect.poll(() => desk.page.locator('tbody tr').count(), patient).toBe(2)
    await desk.open(edition())
    expect(await desk.press('Cancel the edition', 'a mistake')).toBe('Edition cancelled.')
    expect(await desk.state()).toBe('cancelled')
    await desk.open('/editions')
    await desk.page.selectOption('#status', 'cancelled')
    await desk.find()
    await expectText('tbody').toMatch(/4 Aug 2026.*cancelled/s)
  })

  it('imports a file: first dry, then for good, with its faults', async () => {
    const { page } = desk
    await desk.open('/subscribers/add')
    await desk.chooseFile('Mail\nfile@example.org\nbad\n')
    await page.fill('#emailColumn', 'Mail')
    expect(await desk.press('Import')).toBe(
      'Dry run, nothing was changed. 2 rows: 1 added, 0 changed, 0 the same, 1 left out.',
    )
    await expectText('#import-progress').toContain('read as a table in UTF-8 with commas; email from Mail')
    await expectText('#runs-title + div').toContain('dry run')
    expect(await page.inputValue('#emailColumn')).toBe('Mail')
    const faults = await page.getByRole('link', { name: 'The rows left out' }).getAttribute('href')
    expect(await page.evaluate(`fetch('${faults}').then((answer) => answer.text())`)).toContain(
      '3,An email address',
    )
    await page.uncheck('form[data-upload] input[name=dryRun]')
    await page.getByRole('button', { name: 'Import' }).click()
    await page.locator('#runs-title + div tbody', { hasText: 'dry run' }).waitFor()
    await page
      .locator('#said', { hasText: /^2 rows: 1 added, 0 changed, 0 the same, 1 left out\.$/ })
      .waitFor()
  })

  it('adds, finds, changes, suppresses and erases subscribers', async () => {
    const { page } = desk
    await desk.open('/subscribers/add')
    await page.fill('#email', 'new@example.org')
    expect(await desk.press('Add')).toBe('The subscriber is added.')
    await page.fill('#email', 'ada@example.org')
    await page.uncheck('form[data-form] input[name=confirm]')
    expect(await desk.press('Add')).toContain('There is a subscriber with this address.')
    await desk.open('/subscribers?status=pending')
    await page.fill('#q', 'new@')
    await desk.find()
    await page.getByRole('link', { name: 'new@example.org' }).click()
    server.clock.forward(3700)
    expect(await desk.press('Mail the confirmation again', 'lost')).toBe('The confirmation is on its way.')
    expect((await server.services.db.sql(`SELECT 1 FROM delivery WHERE kind = 'confirmation'`)).length).toBe(
      2,
    )
    await page.selectOption('#frequency', 'weekly')
    await page.fill('#hour', '7')
    await page.fill('#reason', 'asked by mail')
    expect(await desk.press('Change')).toBe('The changes are kept.')
    await expectText('table').toContain('frequency: daily → weekly')
    await expectText('table').toContain('asked by mail')
    for (const [button, said] of [
      ['Unsubscribe', 'Unsubscribed.'],
      ['Suppress', 'Suppressed.'],
      ['Lift the suppression', 'The suppression is lifted.'],
    ] as const) {
      expect(await desk.press(button, 'asked')).toBe(said)
    }
    await page.getByRole('button', { name: 'Erase' }).click()
    await expectText('#ask-title').toBe('Erase everything about new@example.org?')
    await page.keyboard.press('Escape')
    expect(await desk.press('Erase', 'asked')).toBe('The reader is erased.')
    await page.waitForURL('**/admin/subscribers')
  })

  it('refuses to overwrite what somebody else changed meanwhile', async () => {
    await desk.open('/subscribers/1')
    await desk.page.waitForLoadState('networkidle')
    const { etag } = (await server.call('GET', '/subscribers/1')).headers
    const headers = { 'if-match': String(etag) }
    await server.call('PATCH', '/subscribers/1', { body: { frequency: 'weekly' }, headers })
    await desk.page.selectOption('#frequency', 'weekdays')
    expect(await desk.press('Change')).toContain('It has changed since you read it')
  })

  it('adds, finds and lifts suppressions', async () => {
    await desk.open('/suppressions')
    await desk.page.fill('#email', 'never@example.org')
    await desk.page.fill('#reason', 'asked by letter')
    expect(await desk.press('Suppress')).toBe('Suppressed.')
    await desk.page.fill('#q', 'never@')
    await desk.page.selectOption('#why', 'manual')
    await desk.find()
    expect(await desk.press('Lift', 'asked again')).toBe('The suppression is lifted.')
    await desk.open('/suppressions')
    await expectText('table').toContain('erased, known by its hash')
    await desk.page.fill('#erased', 'new@example.org')
    await desk.page.fill('#lift-reason', 'asked again')
    expect(await desk.press('Lift this address')).toBe('The suppression is lifted.')
  })

  it('undoes verdicts, one and all of a domain', async () => {
    const { db, clock } = server.services
    const comesBack = () =>
      db.sql(
        `INSERT INTO verdict (at, kind, class, status, words, domain, effect)
         VALUES ($1, 'bounce', 'hard', '5.1.1', 'user unknown', 'fault.example', 'bounced')`,
        [clock.now()],
      )
    await comesBack()
    await desk.open('/bounces')
    await expectText('[aria-label=Verdicts]').toContain('user unknown')
    await desk.page.fill('#domain', 'fault.example')
    await desk.find()
    await expectText('[aria-label=Verdicts]').toContain('user unknown')
    expect(await desk.press('Undo', 'they are there')).toBe('The verdict is undone, with what it did.')
    await Promise.all([comesBack(), comesBack()])
    await desk.open('/bounces')
    await desk.page.fill('#undo-domain', 'fault.example')
    await desk.page.fill('#since', '2026-01-01T00:00:00Z')
    await desk.page.fill('#undo-reason', 'their fault')
    expect(await desk.press('Undo them')).toBe('The verdicts are undone, with what they did.')
    expect((await logged('verdict.undone')).why).toBe('their fault')
    const left = await db.sql('SELECT 1 FROM verdict WHERE undone_at IS NULL')
    expect(left).toEqual([])
  })

  it('unsubscribes who asks for it in an answer', async () => {
    const { db, clock } = server.services
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status, frequency)
       VALUES ('eve@example.org', 'eve@example.org', 'example.org', 'active', 'daily')`,
    )
    await db.sql(
      `INSERT INTO inbound_mail (fingerprint, via, received_at, size, sent_to, state, kind, wants_to_leave, judged_at, subscriber_id)
       SELECT '\\x0e', 'smtp', $1, 812, '{}', 'unplaced', 'reply', true, $1, id FROM subscriber WHERE email_key = 'eve@example.org'`,
      [clock.now()],
    )
    await desk.open('/bounces')
    expect(await desk.press('Unsubscribe them', 'asked by mail')).toBe('They are unsubscribed.')
    expect((await logged('subscriber.left-by-reply')).target).toMatch(/^subscriber:\d+$/)
    const [eve] = await db.sql<{ status: string }>(
      `SELECT status FROM subscriber WHERE email_key = 'eve@example.org'`,
    )
    expect(eve?.status).toBe('unsubscribed')
  })

  it('sets what can be set, shows it, and logs why', async () => {
    await desk.open('/settings')
    await desk.page.fill('#sameShare', '62.5')
    await desk.page.fill('#emails', 'ops@example.org\nboss@example.org')
    await desk.page.fill('#webhooks', 'https://example.org/hook')
    await desk.page.fill(
      '#eventWebhooks',
      'https://example.org/crm subscriber.left edition.sent\nhttps://example.org/all',
    )
    await desk.page.uncheck('[name="personal.enabled"]')
    await desk.page.fill('#trialShare', '40')
    await desk.page.fill('#reason', 'a new colleague')
    expect(await desk.press('Keep these settings')).toBe('The settings are kept.')
    expect((await server.call('GET', '/settings')).json()).toEqual({
      gates: {
        sameShare: 0.625,
        audienceShare: 0.3,
        audienceLeast: 100,
        htmlBytes: 81_920,
        complaintShare: 0.003,
        complaintLeast: 3,
        bounceShare: 0.05,
        bounceLeast: 20,
      },
      alerts: {
        emails: ['ops@example.org', 'boss@example.org'],
        webhooks: ['https://example.org/hook'],
        deadManMinutes: 120,
      },
      events: {
        webhooks: [
          { url: 'https://example.org/crm', types: ['subscriber.left', 'edition.sent'] },
          { url: 'https://example.org/all', types: [...columnValues.event.type] },
        ],
      },
      personal: { enabled: false, trialShare: 0.4 },
    })
    await desk.open('/personal')
    expect(await text('main')).toContain('They are switched off')
    await desk.open('/settings')
    expect((await logged('settings.changed')).why).toBe('a new colleague')
    await desk.press('Show', 'set up')
    const secret = await text('#made code')
    expect(secret).toMatch(/^whsec_/)
    await desk.page.reload()
    await desk.press('Rotate', 'it leaked')
    await expectText('#made code').toMatch(/^whsec_/)
    await expectText('#made code').not.toBe(secret)
    await desk.page.reload()
    await desk.page.fill('#emails', 'no address')
    expect(await desk.press('Keep these settings')).toMatch(/address/)
    await desk.open('/audit?action=settings.changed')
    await desk.page.getByText('before and after').first().click()
    await expectText('.changes').toMatch(/gates\.sameShare\s+0\.5\s+0\.625/)
  })

  it('tells what needs somebody, and how that was told', async () => {
    const alert = { kind: 'relay-down', cause: 'relay-down:x', text: 'The relay x is down: it is a test.' }
    await server.services.db.transaction('request', (tx) =>
      raiseAlert(tx, server.services, alert, server.clock.now()),
    )
    await desk.open('')
    await expectText('.notice').toContain(alert.text)
    await desk.open('/health')
    await expectText('table >> nth=0').toContain('ops@example.org due')
    expect(await desk.press('Tell everybody a test')).toBe('A test goes to everybody who is told.')
    await expectText('table >> nth=0').toContain('A test, asked for by key')
  })

  it('holds all sending after a restore, and lets it go on from now or from an edition', async () => {
    await desk.open('/health')
    expect(await desk.press('Hold all sending', 'the volume was put back')).toBe('All sending is held.')
    await desk.open('')
    await expectText('.notice >> nth=0').toContain('An operator said that the database was restored.')
    expect(await desk.press('Go on from now', 'all of it was out')).toBe('Sending goes on from now.')
    expect((await logged('sending.resumed')).why).toBe('all of it was out')
    expect(await desk.page.getByText('All sending is held').count()).toBe(0)
    await server.call('POST', '/sending/hold', { body: {} })
    await desk.open('')
    await desk.page.fill('#resume-from', day)
    expect(await desk.press('Go on from it', 'that one was not')).toBe('Sending goes on from this edition.')
    expect((await logged('sending.resumed')).why).toBe('that one was not')
  })

  it('shows when each job ran, and what the doctor finds', async () => {
    await server.services.db.sql(
      `INSERT INTO job (name, period_seconds, ran_at, watched_from)
       VALUES ('build', 15, now(), now() - interval '1 day'), ('tidy', 3600, now() - interval '11 hours', now() - interval '1 day')`,
    )
    await desk.open('/health')
    await expectText('[aria-label=Jobs]').toMatch(/build\s.*15 s\s+waiting\s+tidy\s.*60 min\s+late/s)
    await expectText('main').toContain('Nobody has asked the doctor yet')
    expect(await desk.press('Examine now')).toBe('The doctor has looked at everything.')
    await expectText('[aria-label="What the doctor found"]').toContain('MAIL_URL is unset')
    await server.services.db.sql('DELETE FROM job')
  })

  it('makes, rotates and revokes keys, each shown once', async () => {
    const { page } = desk
    await desk.open('/keys')
    await page.fill('#name', 'from the desk')
    await page.fill('#expiresAt', '2027-01-01T00:00')
    await page.check('input[value="audit:read"]')
    await desk.press('Make a key')
    await expectText('#made code').toMatch(/^dp_/)
    await expectText('tbody').toContain('from the desk')
    await page.reload()
    await expectText('main').not.toMatch(/dp_\w{12}/)
    await expectText('tbody').toContain('2027-01-01 00:00')
    await desk.press('Rotate', 'a colleague left')
    await expectText('#made code').toMatch(/^dp_/)
    await page.reload()
    expect(await desk.press('Revoke', 'lost')).toBe('The key is revoked.')
  })

  it('finds entries of the audit log', async () => {
    await desk.open('/audit')
    await desk.page.fill('#action', 'key.revoked')
    await desk.find()
    await expect.poll(() => desk.page.locator('tbody tr').count(), patient).toBe(1)
    await expectText('tbody').toContain('lost')
    await expectText('tbody').toContain('from the desk')
  })

  const paths = dashboardPages.map(({ path }) =>
    path.replace(':period', day).replace(':paper', '2608.00001').replace(':id', '1').replace(/^\/$/, ''),
  )

  it.each(paths)('shows %s without findings, wide and on a phone, in light and dark', async (path) => {
    await desk.open(path)
    expect(await findingsOnScreens(desk.page), path).toEqual([])
  })

  it('has no link that leads nowhere', async () => {
    const links = new Set<string>()
    for (const path of paths) {
      await desk.open(path)
      const found = await desk.page
        .locator('a[href]')
        .evaluateAll((all) => all.map((one) => (one as unknown as { href: string }).href))
      for (const link of found) links.add(link.replace(/#.*/, ''))
    }
    for (const link of links) {
      expect((await desk.page.request.get(link, { maxRedirects: 3 })).status(), link).toBe(200)
    }
  })

  it('is led by single keys, which `?` lists and which can be turned off', async () => {
    const { page } = desk
    await desk.open('')
    await page.keyboard.press('a')
    await page.waitForURL('**/admin/audit')
    await page.keyboard.press('/')
    await page.keyboard.type('se?')
    expect(await page.inputValue('#who')).toBe('se?')
    await page.locator('main').click({ position: { x: 1, y: 1 } })
    await page.keyboard.press('?')
    const letters = await page.locator('#keys kbd').allInnerTexts()
    expect(letters.length).toBe(new Set(letters).size)
    expect(letters.length).toBe((await page.locator('nav[aria-label=Sections] a').count()) + 4)
    expect(await findings(page)).toEqual([])
    await page.uncheck('#keys-on')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.keyboard.press('o')
    await page.keyboard.press('?')
    expect(page.url()).toContain('/admin/audit')
    await page.check('#keys-on')
    await page.keyboard.press('Escape')
    await page.keyboard.press('o')
    await page.waitForURL('**/admin')
  })

  it('draws the growth, and runs into no fault of its own or of the policy', async () => {
    await desk.open('')
    await desk.page.locator('.chart canvas').waitFor()
    expect(desk.faults).toEqual([])
  })

  it('shows what webhooks were told, and tells it again', async () => {
    const { db } = server.services
    await db.sql(
      `INSERT INTO subscriber (email, email_key, domain, status) VALUES ('gus@example.org', 'gus@example.org', 'example.org', 'active')`,
    )
    await db.sql(
      `UPDATE subscriber SET status = 'unsubscribed', updated_at = now() WHERE email = 'gus@example.org'`,
    )
    await db.sql(
      `UPDATE event_send SET status = 'given_up', due_at = NULL, settled_at = now(), attempts = 10, fault = 'the webhook answered 500'
       WHERE url LIKE '%/crm'`,
    )
    await desk.open('/settings')
    await desk.page.getByRole('link', { name: 'What they were told' }).click()
    await desk.page.locator('h1', { hasText: 'Events' }).waitFor()
    await desk.page.selectOption('#status', 'given_up')
    await desk.find()
    await desk.page.waitForURL('**status=given_up**')
    await expectText('main').toMatch(
      /subscriber\.left.*given up\s+https:\/\/example\.org\/crm\s+the webhook answered 500/s,
    )
    expect(await findings(desk.page)).toEqual([])
    expect(await desk.press('Tell again')).toBe('It is told again within seconds.')
    expect(await db.models.eventSend.count({ where: { status: 'given_up' } })).toBe(0)
    await desk.page.fill('#since', '2026-08-01T00:00:00Z')
    expect(await desk.press('Tell them again')).toBe('They are told again within seconds.')
    expect((await logged('events.replayed')).target).toBe('events')
  })

  it('lets nobody in after signing out, and says so to a page that is still open', async () => {
    await desk.open(edition())
    const other = await desk.page.context().newPage()
    await other.goto(desk.page.url())
    await desk.page.getByRole('button', { name: 'Sign out' }).click()
    await desk.page.waitForURL('**/admin/sign-in')
    await other.fill('#to', 'me@example.org')
    await other.getByRole('button', { name: 'Send a test' }).click()
    await other.getByRole('link', { name: 'Sign in again' }).waitFor()
    await desk.page.fill('#key', 'wrong')
    await desk.page.getByRole('button', { name: 'Sign in' }).click()
    await desk.page.locator('#key-fault').waitFor()
    expect(await text('#key-fault')).toBe('This key is not valid.')
  })

  it('has no button that was not pressed here', async () => {
    const buttons = await buttonsOfTemplates()
    expect(buttons.length).toBeGreaterThan(50)
    const left = buttons.filter((button) => !desk.presses.some((press) => isPress(button, press)))
    expect(left.map(({ template, label, does }) => `${template}: ${label} (${does.source})`)).toEqual([])
  })
})
