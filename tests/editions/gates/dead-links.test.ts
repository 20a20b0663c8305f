/** Dead links: which are asked; which hosts never are is tried in `tests/network`. */
import { expect, it } from 'vitest'
import { findDeadLinks, probeLink } from '../../../src/editions/gates/dead-links.js'

it('asks each given link once and names the dead', async () => {
  const asked: string[] = []
  const papers = [
    { codeUrl: 'https://a.example/x', projectUrl: null },
    { codeUrl: 'https://a.example/x', projectUrl: 'https://b.example/' },
    { codeUrl: null, projectUrl: 'https://c.example/' },
  ]
  const dead = await findDeadLinks(papers, async (url) => {
    asked.push(url)
    return !url.includes('b.example')
  })
  expect(asked).toEqual(['https://a.example/x', 'https://b.example/', 'https://c.example/'])
  expect(dead).toEqual(['https://a.example/x', 'https://c.example/'])
})

it('takes a link for alive that it cannot or must not ask', async () => {
  for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'https://8.8.8.8:22/', 'http://8.8.8.8/']) {
    expect(await probeLink(url)).toBe(false)
  }
  expect(await probeLink('https://nowhere.invalid/')).toBe(false)
  expect(await probeLink('not a url')).toBe(false)
})
