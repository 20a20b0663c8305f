/** How much of a paper's words a card tells. */
import { expect, it } from 'vitest'
import { toldOf } from '../../../src/editions/compiling/told.js'

const next = 'It is trained on many hours of video from kitchens and from workshops.'

it.each([
  ['To address this, we propose ChronoVision, a framework.', 'We propose ChronoVision, a framework.'],
  ['In this paper, we find that rank decides.', 'We find that rank decides.'],
  ['Here, we find that rank decides.', 'We find that rank decides.'],
  ['To halve the memory, we quantise twice.', 'To halve the memory, we quantise twice.'],
  ['In each round, an agent plans.', 'In each round, an agent plans.'],
])('leads with the authors’ words, but for what points back: %s', (summary, told) => {
  expect(toldOf('lead', 'ChronoVision: Seeing Time', `${summary} ${next}`)).toBe(`${told} ${next}`)
})

it('lets the lead tell one sentence where two are too long', () => {
  const first = `We find ${'words '.repeat(30)}here.`
  expect(toldOf('lead', 'T', `${first} ${'More words. '.repeat(12)}`)).toMatch(/here\.( More words\.)*$/)
  expect(toldOf('lead', 'T', `${first} ${'More '.repeat(40)}words.`)).toBe(first)
})

it.each([
  ['To fix it, we propose ChronoVision, a framework for time.', 'A framework for time.'],
  ['We introduce ChronoVision (CV), the first framework for time.', 'The first framework for time.'],
  ['This paper presents a survey of clocks.', 'A survey of clocks.'],
  ['We introduce OPD, a reward for clocks.', 'OPD, a reward for clocks.'],
  ['We introduce a clock and show that it is right.', 'We introduce a clock and show that it is right.'],
  ['We propose, to our knowledge, the first clock.', 'We propose, to our knowledge, the first clock.'],
  ['We propose to measure time.', 'We propose to measure time.'],
  ['We find that clocks lie.', 'We find that clocks lie.'],
])('says of the others what is new: %s', (summary, told) => {
  for (const size of ['medium', 'brief'] as const) {
    expect(toldOf(size, 'ChronoVision: Seeing Time', `${summary} ${next}`)).toBe(told)
  }
})

it('ends a cut at a word that may end one', () => {
  const summary = `We find ${'long words '.repeat(10)}of the kitchens and of all the workshops in town.`
  expect(toldOf('brief', 'T', summary)).toBe(`We find ${'long words '.repeat(9)}long words…`)
})

it('takes little time on hostile text', () => {
  const started = performance.now()
  for (const part of ['To a', 'We propose a', 'a, ', ' of the', 'The (']) {
    for (const size of ['lead', 'medium', 'brief'] as const) toldOf(size, 'T', part.repeat(200))
  }
  expect(performance.now() - started).toBeLessThan(500)
})
