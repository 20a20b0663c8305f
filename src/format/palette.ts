/** The colours, typefaces and measure that mail, pages and dashboard share. */

export type Palette = {
  /** What everything stands on. */
  paper: string
  /** Text, and the heavy rule below the masthead. */
  ink: string
  /** Facts, small print: AA against `paper`. */
  muted: string
  /** Hairlines between papers. */
  hairline: string
  /** A tint for the few things that need a ground of their own, such as a field or a notice. */
  tint: string
  /** The one accent, kept for votes and the one thing to press: AA against `paper` and `tint`. */
  accent: string
  /** Text on a button of the accent colour. */
  onAccent: string
}
export const light: Palette = {
  paper: '#fcfbf8',
  ink: '#1d1b18',
  muted: '#645e55',
  hairline: '#ddd8cd',
  tint: '#f3f0e9',
  accent: '#b0341a',
  onAccent: '#ffffff',
}

export const dark: Palette = {
  paper: '#171513',
  ink: '#ebe6dc',
  muted: '#a8a196',
  hairline: '#38342e',
  tint: '#211e1b',
  accent: '#f28b67',
  onAccent: '#1d1410',
}

/** Faces that systems bring along; nothing is downloaded. */
export const fonts = {
  serif: "Charter,'Bitstream Charter','Iowan Old Style','Palatino Linotype',Georgia,serif",
  sans: "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
} as const

/** Width of the text column in pixels: 60 to 70 characters of the summary's size. */
export const measure = 600

/** `:root` custom properties (`--paper`, `--on-accent`, `--serif`, …), light, and dark where that is preferred. */
export function paletteCss(): string {
  const root = `:root{color-scheme:light dark;${declare(light)}--serif:${fonts.serif};--sans:${fonts.sans};--measure:${measure}px}`
  return `${root}\n@media (prefers-color-scheme:dark){:root{${declare(dark)}}}`
}

function declare(palette: Palette): string {
  return Object.entries(palette)
    .map(
      ([name, value]) => `--${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}:${value};`,
    )
    .join('')
}
