/** Every pair of colours that text is set in reads well: WCAG 2.2 AA. */
import { describe, expect, it } from 'vitest'
import { dark, light, type Palette, paletteCss } from '../../src/format/palette.js'

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dim + 0.05)
}

const pairs: [keyof Palette, keyof Palette][] = [
  ['ink', 'paper'],
  ['muted', 'paper'],
  ['accent', 'paper'],
  ['ink', 'tint'],
  ['muted', 'tint'],
  ['accent', 'tint'],
  ['onAccent', 'accent'],
]

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s palette', (_name, palette) => {
  it.each(pairs)('sets %s on %s with a contrast of at least 4.5', (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5)
  })
})

it('names the colours as custom properties for pages', () => {
  expect(paletteCss()).toContain(`--on-accent:${light.onAccent};`)
  expect(paletteCss()).toMatch(/prefers-color-scheme:dark\)\{:root\{--paper:#171513/)
})
