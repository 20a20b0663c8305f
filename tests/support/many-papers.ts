/** Any number of papers whose words are spread as in language: few very common ones, a long tail of rare ones. */
import type { Db } from '../../src/db/client.js'
import { seeded } from './mutate.js'

const stems =
  `attention diffusion transformer language model agent robot graph policy reward retrieval vision video image
 speech audio token context memory reasoning alignment preference sampling inference training scaling pruning quantization
 benchmark dataset evaluation optimization gradient convergence bound kernel bayesian causal federated privacy robustness
 segmentation detection tracking rendering splatting reconstruction depth motion planning control navigation manipulation
 protein molecule materials climate medical clinical genomics translation summarization dialogue question code program proof
 theorem geometry topology symmetry equivariant spectral fourier wavelet neural network layer embedding representation latent
 contrastive generative adversarial autoregressive multimodal multilingual hierarchical sparse dense efficient adaptive`.split(
    /\s+/,
  )
const syllables = 'ka ri mo ten ver lu sha pi dor es qua nim tol fe gar hin jo wex bel zu'.split(' ')

/** The word of a rank: the first are those of `stems`, the rest are made up, each always the same. */
function wordAt(rank: number): string {
  const stem = stems[rank]
  if (stem) return stem
  let [rest, word] = [rank, '']
  while (rest > 0) {
    word += syllables[rest % syllables.length] ?? ''
    rest = Math.floor(rest / syllables.length)
  }
  return word
}

/** Zipf's and Mandelbrot's law over thirty thousand words: the first is in three quarters of the abstracts. */
const [words, shift] = [30_000, 15]
const zipf = (random: () => number) =>
  wordAt(Math.floor(shift * ((words + shift) / shift) ** random()) - shift)
const text = (random: () => number, words: number) =>
  Array.from({ length: words }, () => zipf(random)).join(' ')

/** Kept as if found over three years, with titles of ten words and abstracts of 170. */
export async function fillPapers(db: Db, papers: number): Promise<void> {
  const random = seeded(100_000)
  const batch = 2000
  for (let from = 0; from < papers; from += batch) {
    const rows = Array.from({ length: Math.min(batch, papers - from) }, (_, i) => ({
      id: `${23 + ((from + i) % 4)}${String(1 + ((from + i) % 12)).padStart(2, '0')}.${String(from + i).padStart(5, '0')}`,
      title: text(random, 10),
      abstract: text(random, 170),
      authors: Array.from({ length: 5 }, () => `${zipf(random)} ${zipf(random)}`),
      organisation: zipf(random),
      keywords: [zipf(random), zipf(random)],
      votes: Math.floor(200 * random() ** 6),
      published: new Date(Date.parse('2023-07-01') + random() * 3 * 365 * 86_400_000),
    }))
    await db.sql(
      `INSERT INTO paper (id, title, abstract, authors, author_count, organisation, keywords, votes, published_at)
       SELECT id, title, abstract, authors, 5, organisation, keywords, votes, published FROM jsonb_to_recordset($1::jsonb)
         AS r (id text, title text, abstract text, authors text[], organisation text, keywords text[], votes int, published timestamptz)`,
      [JSON.stringify(rows)],
    )
  }
  await db.sql(`INSERT INTO listing (day, paper_id) SELECT published_at::date, id FROM paper`)
  await db.sql(`INSERT INTO search_word SELECT DISTINCT word FROM paper, search_words(title, authors, keywords) AS word
    ON CONFLICT DO NOTHING`)
  await db.sql('VACUUM ANALYZE paper, listing, search_word')
}

/** Searches of one to four words as readers type them: some begun, some quoted, some mistyped. */
export function searchesLike(count: number): string[] {
  const random = seeded(4711)
  return Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: 1 + (i % 4) }, () => zipf(random))
    if (i % 7 === 0) return words.map((word) => word.slice(0, 4)).join(' ')
    if (i % 11 === 0) return `"${wordAt(i % 20)} ${wordAt((i + 3) % 20)}"`
    if (i % 5 === 0) return words.map((word) => word.replace(/(.{3})./, '$1')).join(' ')
    return words.join(' ')
  })
}
