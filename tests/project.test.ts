/** What the project says of itself: README and the lock file agree with the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

type Variable = { name: string; fallback: string | undefined }

/** As src/config/config.ts declares them. */
function variables(): Variable[] {
  const declared = /^ {2}([A-Z][A-Z0-9_]*): (?:withDefault\('([^']*)'|optional\()/gm
  return [...read('src/config/config.ts').matchAll(declared)].map(([, name = '', fallback]) => ({
    name,
    fallback,
  }))
}

/** The rows of the table of settings: the names in the first cell, and the default. */
function rows(): { names: string[]; fallback: string }[] {
  const table = /## Configuration[^]*?\n((?:\|.*\n)+)/.exec(read('.github/SETTINGS.md'))?.[1] ?? ''
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, names = '', fallback = '']) => ({
      names: [...names.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name = '']) => name),
      fallback,
    }))
}

describe('README', () => {
  it('shows pictures that there are', () => {
    const pictures = [...read('README.md').matchAll(/(?:src|srcset)="([^"]+)"/g)].map(
      ([, path]) => path ?? '',
    )
    expect(pictures.length).toBeGreaterThan(10)
    expect(pictures.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([])
  })

  it('lists every variable once, and no other', () => {
    const listed = rows().flatMap(({ names }) => names)
    expect(listed.toSorted()).toEqual(
      variables()
        .map(({ name }) => name)
        .toSorted(),
    )
  })

  it('tells the defaults as they are', () => {
    for (const { name, fallback } of variables().filter((variable) => variable.fallback !== undefined)) {
      expect(rows().find(({ names }) => names.includes(name))?.fallback, name).toBe(`\`${fallback}\``)
    }
  })

  it('begins with the two commands of a newcomer', () => {
    const blocks = [...read('README.md').matchAll(/^```sh\n([^]*?)\n```$/gm)].map(([, text]) => text)
    expect(blocks.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test'])
  })
})

/** Set by the image, or the same in every container. */
const fixed = ['NODE_ENV', 'HOST', 'PORT', 'DATA_DIR']

describe('docker-compose.yml', () => {
  const compose = read('docker-compose.yml')
  const passedOn = new Set([...compose.matchAll(/^ {4,6}([A-Z][A-Z0-9_]*):/gm)].map(([, name = '']) => name))

  it('passes on every setting', () => {
    const left = variables().filter(({ name }) => !passedOn.has(name) && !fixed.includes(name))
    expect(left.map(({ name }) => name)).toEqual([])
  })

  it('takes each from the environment, by its own name', () => {
    const taken = [...compose.matchAll(/^ {4,6}([A-Z][A-Z0-9_]*): \$\{([A-Z0-9_]+):/gm)]
    expect(taken.length).toBeGreaterThan(30)
    expect(taken.filter(([, name, from]) => name !== from && !name?.startsWith('POSTGRES_'))).toEqual([])
  })

  it('sends to a Mailpit that has no TLS, and asks the worker how it is', () => {
    expect(compose).toContain('smtp://mailpit:1025?tls=off')
    const worker = /^ {2}worker:[^]*?^ {2}\w/m.exec(compose)?.[0] ?? ''
    const port = /WORKER_PORT: (\d+)/.exec(worker)?.[1]
    expect(worker).toContain(`http://127.0.0.1:${port}/`)
  })
})

type Locked = { version?: string; optionalDependencies?: Record<string, string> }

describe('the pages beside the code', () => {
  const root = new URL('../', import.meta.url).pathname
  const pages = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `src/${path}`)

  const guides = readdirSync(join(root, '.github'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `.github/${name}`)

  it.each([...pages, 'tests/bench/README.md', 'README.md', ...guides])(
    '%s names files that there are',
    (page) => {
      const text = read(page)
      const below = readdirSync(join(root, dirname(page)), { recursive: true, encoding: 'utf8' })
      const isThere = (path: string) =>
        below.some((file) => file === path || file.endsWith(`/${path}`)) ||
        existsSync(join(root, 'src', path)) ||
        existsSync(join(root, path))
      const named = [...text.matchAll(/`([a-z.][\w./-]*\.(?:ts|mjs|cjs|eta))`/g)].map(([, path = '']) => path)
      const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, path = '']) =>
        join(dirname(page), path),
      )
      expect(named.filter((path) => !isThere(path))).toEqual([])
      expect(linked.filter((path) => !existsSync(join(root, path)))).toEqual([])
    },
  )
})

describe('programs that run what was built', () => {
  it('name files that there are', () => {
    const root = new URL('../tests/', import.meta.url).pathname
    const named = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|mjs)$/.test(path))
      .flatMap((path) => [...read(`tests/${path}`).matchAll(/'(?:\.\.\/)+dist\/([\w/-]+)\.js'/g)])
      .map(([, path]) => `src/${path}.ts`)
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([])
  })
})

describe('package-lock.json', () => {
  it('has an entry for each optional package, without which npm ci refuses it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    )
    expect(missing).toEqual([])
  })
})
