/** What the buttons of an edition ask before they act. */
import { expect, it } from 'vitest'
import { renderTemplate } from '../../../src/format/templates.js'

const stepsOf = (status: string, readers: number, findings: { gate: string; detail: string }[] = []) =>
  renderTemplate('pages/admin/steps.eta', {
    edition: { period: '2026-08-07', status, reason: null, fannedOutAt: null },
    dry: { readers, findings },
    may: () => true,
    number: String,
    plain: (gate: string) => gate.replaceAll('-', ' '),
  })

it('says how many get it', () => {
  expect(stepsOf('draft', 1)).toContain('1 reader gets it. A mail')
  expect(stepsOf('held', 2006)).toContain('2006 readers get it. This overrides')
})

it('says what a gate found where that is overridden, and asks why', () => {
  const found = [{ gate: 'too-few', detail: '2 papers where 3 are the least' }]
  for (const status of ['draft', 'held']) {
    const dialogs = [...stepsOf(status, 5, found).matchAll(/<button[^>]*(?:approve|send)"[^>]*>/g)]
    expect(dialogs).toHaveLength(2)
    for (const [button] of dialogs) {
      expect(button).toContain('This overrides: too few, 2 papers where 3 are the least')
      expect(button).toContain('data-reason')
    }
  }
  expect(stepsOf('draft', 5)).not.toContain('This overrides')
})
