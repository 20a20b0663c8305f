/** Bodies of a feed spoilt at random, the same for the same seed. */

type Random = () => number

/** mulberry32: small, and good enough to spoil bodies with. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T

const values: ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => -1,
  () => 1e308,
  () => 2608.1,
  () => 2 ** 31,
  () => '',
  () => ' \u0000\u0007\u001b[2J\u202e\ud800<EOS>',
  () => '<script>alert(1)</script><img src=x onerror=alert(1)>',
  () => "'; DROP TABLE paper; --",
  () => '=?utf-8?q?evil?=\r\nBcc: all@example.org',
  () => 'x'.repeat(100_000),
  () => '😀é'.repeat(5_000),
  () => [],
  () => ({}),
  () => ({ toString: 'no', valueOf: 7, __proto__: { id: '2608.10000' }, constructor: null, length: -1 }),
  () => Array.from({ length: 700 }, (_, i) => ({ name: `Author ${i}`, hidden: 'x' })),
  () => JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown,
  () => '2026-02-31T25:61:61Z',
  () => '+275760-09-13T00:00:00.001Z',
  () => 'javascript:alert(1)',
  (random) => `26${String(Math.floor(random() * 99)).padStart(2, '0')}.${Math.floor(random() * 1e6)}`,
]

/** The text of a list with a few fields gone, null, huge, of the wrong type; sometimes no list at all. */
export function spoiltBody(entries: readonly unknown[], random: Random): string {
  const body = structuredClone(entries) as unknown[]
  const changes = 1 + Math.floor(random() * 8)
  for (let i = 0; i < changes; i += 1) spoil(body, random)
  return spoilText(JSON.stringify(body), random)
}

/** Walks down at random and puts something else in the place where it ends. */
function spoil(value: unknown, random: Random): void {
  let node = value as Record<string, unknown>
  for (;;) {
    const keys = Object.keys(node)
    const key = pick(random, keys)
    if (key === undefined) return
    const child = node[key]
    if (typeof child === 'object' && child !== null && random() < 0.8) {
      node = child as Record<string, unknown>
      continue
    }
    if (random() < 0.2) Reflect.deleteProperty(node, key)
    else node[key] = pick(random, values)(random)
    return
  }
}

function spoilText(text: string, random: Random): string {
  const kind = random()
  const at = Math.floor(random() * text.length)
  if (kind < 0.05) return text.slice(0, at)
  if (kind < 0.08) return `${text.slice(0, at)}\u0000${text.slice(at)}`
  if (kind < 0.1) return `<!doctype html><html>${text}</html>`
  if (kind < 0.12) return `{"error":${text}}`
  if (kind < 0.13) return '['.repeat(10_000) + text
  if (kind < 0.14) return `${text}${text}`
  return text
}
