/** The shape of `src`: folders that don't import each other, of few files, of short ones. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = new URL('../src/', import.meta.url).pathname
const sources = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('db/generated/'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
)

/** Files at the top stand for themselves. */
const folderOf = (path: string) => (dirname(path) === '.' ? path : dirname(path))

/** Which folders a folder imports. */
function arrowsOf(files: Map<string, string>): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const [path, text] of files) {
    for (const [, target = ''] of text.matchAll(/(?:\bfrom |\bimport\(|^import )'(\.[^']+)'/gm)) {
      const to = normalize(join(dirname(path), target)).replace(/\.js$/, '.ts')
      if (to.startsWith('db/generated/') || folderOf(to) === folderOf(path)) continue
      const reached = arrows.get(folderOf(path)) ?? new Set()
      arrows.set(folderOf(path), reached.add(folderOf(to)))
    }
  }
  return arrows
}

/** Folders from which a way along the arrows leads back. */
function circling(files: Map<string, string>): string[] {
  const arrows = arrowsOf(files)
  const reachedFrom = (folder: string) => {
    const reached = new Set<string>()
    const open = [folder]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const to of arrows.get(next) ?? []) {
        if (reached.has(to)) continue
        reached.add(to)
        open.push(to)
      }
    }
    return reached
  }
  return [...arrows.keys()].filter((folder) => reachedFrom(folder).has(folder)).toSorted()
}

describe('folders of src', () => {
  it('import each other in one direction alone', () => {
    expect(arrowsOf(sources).size).toBeGreaterThan(30)
    expect(circling(sources)).toEqual([])
  })

  it('are found out when one file points back', () => {
    const planted = new Map([...sources, ['format/planted.ts', "import '../papers/paper.js'"]])
    expect(circling(planted)).toContain('format')
  })

  it('have about twelve files', () => {
    const counts = new Map<string, number>()
    for (const path of sources.keys()) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1)
    const long = [...counts].filter(([, files]) => files > most)
    expect(long.map(([folder, files]) => `${folder}: ${files}`)).toEqual([])
  })
})

/** About twelve, and room for the file that comes before the next split. */
const most = 13

describe('files of src', () => {
  const lines = [...sources].map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))

  it('have 250 lines at most, half of them 60', () => {
    expect(lines.filter((file) => file.lines > 250)).toEqual([])
    const sorted = lines.map((file) => file.lines).toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(60)
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(130)
  })

  it('begin with the sentence that says what they are', () => {
    const silent = [...sources].filter(([, text]) => !/^(?:#!.*\n)?\/\*\*/.test(text)).map(([path]) => path)
    expect(silent).toEqual([])
  })
})
