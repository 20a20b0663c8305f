/** What the buttons of an edition ask before they act, and that none is offered which is refused. */
import { expect, it } from 'vitest'
import { editionStatuses } from '../../../src/editions/edition.js'
import type { Edition } from '../../../src/editions/store.js'
import { mayMove } from '../../../src/editions/transitions.js'
import type { EditionVerb } from '../../../src/editions/verbs.js'
import { renderTemplate } from '../../../src/format/templates.js'
import { nextStep, onceApproved } from '../../../src/operations/editions/find.js'

const now = new Date('2026-08-08T12:00:00Z')
const edition = (status: Edition['status'], sendAt = '2026-08-09T06:00:00Z') =>
  ({ period: '2026-08-07', status, reason: null, fannedOutAt: null, sendAt: new Date(sendAt) }) as Edition

const stepsOf = (shown: Edition, readers: number, findings: { gate: string; detail: string }[] = []) =>
  renderTemplate('pages/admin/steps.eta', {
    edition: { ...shown, approved: onceApproved(shown, now) },
    dry: { readers, findings },
    may: () => true,
    number: String,
    plain: (gate: string) => gate.replaceAll('-', ' '),
  })

it('says how many get it', () => {
  expect(stepsOf(edition('draft'), 1)).toContain('1 reader gets it. A mail')
  expect(stepsOf(edition('held'), 2006)).toContain('2006 readers get it. This overrides')
})

it('says what a gate found where that is overridden, and asks why', () => {
  const found = [{ gate: 'too-few', detail: '2 papers where 3 are the least' }]
  for (const status of ['draft', 'held'] as const) {
    const dialogs = [...stepsOf(edition(status), 5, found).matchAll(/<button[^>]*(?:approve|send)"[^>]*>/g)]
    expect(dialogs).toHaveLength(2)
    for (const [button] of dialogs) {
      expect(button).toContain('This overrides: too few, 2 papers where 3 are the least')
      expect(button).toContain('data-reason')
    }
  }
  expect(stepsOf(edition('draft'), 5)).not.toContain('This overrides')
})

it.each([
  ['2026-08-09T06:00:00Z', 'It goes out at 2026-08-09 06:00 UTC.', 'It goes out at 2026-08-09 06:00 UTC.'],
  ['2026-08-08T06:00:00Z', 'It goes out at once, since its time has passed.', 'It goes out now.'],
  [
    '2026-08-07T06:00:00Z',
    'It does not go out by itself',
    'so it does not go out by itself: send it, or set another',
  ],
])('says what approving leads to, and what comes then: at %s', (sendAt, asked, after) => {
  for (const status of ['draft', 'held'] as const) {
    const button = /<button[^>]*approve"[^>]*>/.exec(stepsOf(edition(status, sendAt), 5))?.[0]
    expect(button).toContain(asked)
  }
  expect(nextStep(edition('frozen', sendAt), now)).toContain(after)
})

const verbOf: Record<string, EditionVerb[]> = {
  build: ['draft'],
  hold: ['hold'],
  approve: ['freeze', 'release'],
  send: ['schedule'],
  pause: ['pause'],
  resume: ['resume'],
  cancel: ['cancel'],
}

/** What every step asks besides the status: whether its mail is owed already makes no difference to these. */
const whileOwed = ['approve', 'pause', 'resume', 'cancel']

it.each(editionStatuses)('offers nothing that is refused: %s', (status) => {
  const mayBeOwed = ['held', 'sending', 'paused', 'sent', 'cancelled'].includes(status)
  for (const fannedOutAt of mayBeOwed ? [null, now] : [null]) {
    const page = stepsOf({ ...edition(status), fannedOutAt }, 5)
    const offered = [...page.matchAll(/data-call="POST \/editions\/[\d-]+\/(\w+)"/g)].map(
      ([, step = '']) => step,
    )
    const refused = offered.filter(
      (step) =>
        !verbOf[step]?.some((verb) => mayMove(status, verb)) || (fannedOutAt && !whileOwed.includes(step)),
    )
    expect(refused, fannedOutAt ? 'owed' : 'not owed').toEqual([])
  }
})
