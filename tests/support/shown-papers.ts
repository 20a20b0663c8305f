/** Twenty recorded papers of 21 July 2026 as an edition shows them, and an edition made of them. */
import { readFileSync } from 'node:fs'
import type { EditionToCompile } from '../../src/editions/compiling/view.js'
import type { ShownPaper } from '../../src/editions/edition.js'
import { preheaderOf, subjectOf } from '../../src/editions/compiling/subject.js'

const file = new URL('../fixtures/shown-papers.json', import.meta.url)

export function shownPapers(count = 20): ShownPaper[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as ShownPaper[]).slice(0, count)
}

export function editionOf(papers: ShownPaper[], changes: Partial<EditionToCompile> = {}): EditionToCompile {
  return {
    kind: 'daily',
    period: '2026-07-21',
    day: '2026-07-21',
    number: 42,
    subject: subjectOf('daily', '2026-07-21', papers),
    preheader: preheaderOf(papers),
    papers,
    publication: 'Daily Papers',
    byline: 'by AK and the research community',
    publicUrl: 'https://papers.example.org',
    senderAddress: null,
    ...changes,
  }
}
