/** Dead links: which are asked, and which hosts never are. */
import { expect, it } from 'vitest'
import { findDeadLinks, isPublic, probeLink } from '../../../src/editions/gates/dead-links.js'

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

it.each([
  ['https://8.8.8.8/', true],
  ['https://[2606:4700::1111]/', true],
  ['https://127.0.0.1/', false],
  ['https://2130706433/', false],
  ['https://10.1.2.3/', false],
  ['https://100.64.0.1/', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['https://172.31.255.255/', false],
  ['https://192.168.0.1/', false],
  ['https://[::1]/', false],
  ['https://[fd00::1]/', false],
  ['https://[fe80::1]/', false],
  ['https://[::ffff:127.0.0.1]/', false],
  ['https://localhost/', false],
  ['https://8.8.8.8:22/', false],
  ['http://8.8.8.8/', false],
])('%s is public: %s', async (url, expected) => {
  expect(await isPublic(new URL(url))).toBe(expected)
})

it('takes a link for alive that it cannot or must not ask', async () => {
  expect(await probeLink('https://127.0.0.1/')).toBe(false)
  expect(await probeLink('https://nowhere.invalid/')).toBe(false)
  expect(await probeLink('not a url')).toBe(false)
})
