import { expect, it } from 'vitest'
import { type Marked, withEllipses } from '../../../src/papers/search/marked.js'

const whole = 'We study agents. They plan (a lot) before they act, and then they rest'

const shown = (...texts: string[]) =>
  withEllipses(
    texts.map((text, i): Marked[number] => ({ text, hit: i % 2 === 1 })),
    whole,
  )
    .map(({ text }) => text)
    .join('')

it.each([
  [['We study ', 'agents', '.'], 'We study agents.'],
  [['We study ', 'agents'], 'We study agents\u00A0…'],
  [['plan (a lot) before they ', 'act'], '… plan (a lot) before they act\u00A0…'],
  [['then they ', 'rest'], '… then they rest'],
  [['We study ', 'agents', '. … and then they rest'], 'We study agents. … and then they rest'],
])('of %j shows where it was cut', (texts, expected) => expect(shown(...texts)).toBe(expected))
