/** The line above the papers that says what is among them. */
import { capital } from '../../format/readable.js'
import type { ShownPaper } from '../edition.js'
import { topicOf } from './topics.js'

const numbers = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** Of fewer papers it is not worth saying. */
const fewestOfTopic = 3

/** `8 of 10 with code, three on agents.`; empty where neither can be said. */
export function openingOf(papers: readonly ShownPaper[]): string {
  const withCode = papers.filter(({ codeUrl }) => codeUrl).length
  const topic = topicOf(papers.map(({ title }) => title))
  const few = topic !== null && topic.count >= fewestOfTopic && topic.count <= papers.length / 2
  const phrases = [
    withCode >= 2 ? `${withCode} of ${papers.length} with code` : '',
    few ? `${numbers[topic.count] ?? topic.count} on ${topic.name}` : '',
  ].filter(Boolean)
  if (phrases.length === 0) return ''
  return `${capital(phrases.join(', '))}.`
}
