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
  const first = `We find ${'words '.repeat(25)}here.`
  expect(toldOf('lead', 'T', `${first} More of it.`)).toBe(`${first} More of it.`)
  expect(toldOf('lead', 'T', `${first} ${'More '.repeat(20)}words.`)).toBe(first)
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

it.each([
  [
    'ClockBench: A Benchmark for Clocks',
    'We present ClockBench, a benchmark for clocks.',
    'Thirty towns have sent theirs.',
    'Thirty towns have sent theirs.',
  ],
  [
    'ClockBench: A Benchmark for Clocks',
    'We present ClockBench, a benchmark for clocks.',
    'It has many parts inside.',
    'A benchmark for clocks.',
  ],
  [
    'ClockBench: A Benchmark',
    'We present ClockBench, a benchmark for slow clocks of towns.',
    'Thirty towns have sent theirs.',
    'A benchmark for slow clocks of towns.',
  ],
])('does not say the title %s again', (title, first, second, told) => {
  expect(toldOf('brief', title, `${first} ${second}`)).toBe(told)
})

it.each([
  [
    'A clock for the towns and villages of the whole wide cold north that strikes each of the hours by itself.',
    'A clock for the towns and villages of the whole wide cold north…',
  ],
  [
    'A clock for towns, villages and the lone farms in the high mountains, which strikes each hour.',
    'A clock for towns, villages and the lone farms in the high mountains…',
  ],
  [
    'We find that clocks of towns and of villages of the whole wide cold dark north are each day slower.',
    'We find that clocks of towns and of villages of the whole wide cold dark…',
  ],
  [
    'We find that clocks of towns and of villages of the cold dark north are slow in May.',
    'We find that clocks of towns and of villages of the cold dark north are slow in May.',
  ],
])('cuts before what only goes on: %s', (summary, told) => {
  expect(toldOf('brief', 'T', summary)).toBe(told)
})

it('ends a cut at a word that may end one', () => {
  const told = toldOf('brief', 'T', `We find ${'long words '.repeat(6)}of the kitchens of all the houses.`)
  expect(told).toBe(`We find ${'long words '.repeat(6).trimEnd()}…`)
})

it('takes little time on hostile text', () => {
  const started = performance.now()
  for (const part of ['To a', 'We propose a', 'a, ', ' of the', 'The (']) {
    for (const size of ['lead', 'medium', 'brief'] as const) toldOf(size, 'T', part.repeat(200))
  }
  expect(performance.now() - started).toBeLessThan(500)
})
