/** Chance that falls the same way each time, for splits and samples that can be repeated. */
import { createHash } from 'node:crypto'

/** A whole number from 0 to 2^32 - 1 for a text, the same on every machine. */
export const numberFor = (text: string) => createHash('sha256').update(text).digest().readUInt32BE(0)

/** Numbers from 0 up to, not including, 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** At most `count` different items that `fits` lets through, in an order of chance. */
export function sample<T>(
  items: readonly T[],
  count: number,
  random: () => number,
  fits: (item: T) => boolean,
): T[] {
  const chosen = new Set<T>()
  // Where few fit, all are walked through once instead of guessing on.
  for (let tries = 0; chosen.size < count && tries < count * 20; tries += 1) {
    const item = items[Math.floor(random() * items.length)]
    if (item !== undefined && fits(item)) chosen.add(item)
  }
  if (chosen.size < count) for (const item of items) if (chosen.size < count && fits(item)) chosen.add(item)
  return [...chosen]
}
